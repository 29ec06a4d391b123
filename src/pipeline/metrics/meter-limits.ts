import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import { type DropLog, printable } from '../../diagnostics/drop-log.js';

/** Instruments that hosts may make for the life of a provider. */
export const MAX_INSTRUMENTS = 5000;
/** Meters of hosts, which are told apart by name, version and schema. */
export const MAX_METERS = 1000;
/** Longest name of either, in UTF-16 units. */
const MAX_NAME_LENGTH = 1024;

/** What the meters of one provider share. */
export interface MeterLimits {
  /** Of the attributes of each instrument. */
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  readonly instruments: LifetimeLimit;
  /** How long a callback may take at a collection; undefined for the registry's, which bound their own. */
  readonly callbackTimeoutMillis: number | undefined;
}

/** How many of a kind there may be; each past it is counted, and the first is said. */
export class LifetimeLimit {
  private taken = 0;
  private ended = false;

  /** @param what - in plural, as it is said */
  constructor(
    private readonly what: string,
    private readonly max: number,
    private readonly drops: DropLog,
  ) {}

  /** Whether one more of this name may be made. */
  take(name: string): boolean {
    if (this.ended) return false;
    if (name.length > MAX_NAME_LENGTH) {
      const message = `${printable(name)}: a name of ${name.length} characters is too long; it does nothing.`;
      this.drops.dropped('metrics', 'instrument_limit', `${this.what}/long`, message);
      return false;
    }
    if (this.taken < this.max) return ++this.taken > 0;
    this.drops.dropped('metrics', 'instrument_limit', this.what, () => {
      const why = 'Names are for kinds of things; what varies belongs in attributes.';
      return `${printable(name)}: there are ${this.max} ${this.what}, and no more; it does nothing. ${why}`;
    });
    return false;
  }

  /** From now on none is made. */
  end(): void {
    this.ended = true;
  }
}
