import { createNoopMeter, type Meter, type MeterOptions, type MeterProvider } from '@opentelemetry/api';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import { REGISTRY_METER, type RegistryMeter, type SeriesCount } from '../../cardinality/registry-meter.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { SCOPE_NAME, VERSION } from '../../semconv/resource.js';
import type { CheckedMeter, Scope } from './checked-meter.js';
import { LifetimeLimit, MAX_INSTRUMENTS, MAX_METERS, type MeterLimits } from './meter-limits.js';

/** The registry bounds its labels itself. */
const UNBOUNDED: Required<CardinalityLimits> = {
  id: Infinity,
  open: Infinity,
  slug: Infinity,
  series: Infinity,
};

export interface HostLimits {
  /** Of the hosts' own attributes. */
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  /** How long a callback of a host may take at a collection. */
  readonly callbackTimeoutMillis: number;
}

/**
 * A provider that gives the registry its own meter, and a host one for whatever it asks with, as many as there may be.
 * Never throws.
 */
export abstract class CheckedMeterProvider<M extends CheckedMeter> implements MeterProvider {
  private readonly hosts = new Map<string, M>();
  private registry: M | undefined;
  private readonly hostLimits: MeterLimits;
  private readonly meterLimit: LifetimeLimit;

  constructor({ caps, drops, callbackTimeoutMillis }: HostLimits) {
    const instruments = new LifetimeLimit('instruments', MAX_INSTRUMENTS, drops);
    this.hostLimits = { caps, drops, instruments, callbackTimeoutMillis };
    this.meterLimit = new LifetimeLimit('meters', MAX_METERS, drops);
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    // A host's meter that takes our name must not take the place of the registry's on the page.
    const own = name === SCOPE_NAME ? `${SCOPE_NAME}.host` : name;
    const scope: Scope = {
      name: textOf(() => own) ?? '',
      version: textOf(() => version) || undefined,
      schemaUrl: textOf(() => options?.schemaUrl) || undefined,
    };
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
    const known = this.hosts.get(key);
    if (known !== undefined) return known;
    if (!this.meterLimit.take(key)) return createNoopMeter();
    const meter = this.meter(scope, this.hostLimits);
    this.hosts.set(key, meter);
    return meter;
  }

  [REGISTRY_METER](): RegistryMeter {
    if (this.registry === undefined) {
      const { drops } = this.hostLimits;
      const instruments = new LifetimeLimit('instruments', Infinity, drops);
      const limits = { caps: UNBOUNDED, drops, instruments, callbackTimeoutMillis: undefined };
      this.registry = this.meter({ name: SCOPE_NAME, version: VERSION }, limits);
    }
    return this.registry;
  }

  /** The registry's meter first: on a page its names win. */
  *meters(): Iterable<M> {
    if (this.registry !== undefined) yield this.registry;
    yield* this.hosts.values();
  }

  /** Whether a scope of the hosts' measures by an instrument of this name. */
  measures(scope: string, instrument: string): boolean {
    for (const meter of this.hosts.values())
      if (meter.scope.name === scope && meter.has(instrument)) return true;
    return false;
  }

  /** Series of the hosts' own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.hosts.values()) yield* meter.seriesCounts();
  }

  /** From now on meters and instruments that are asked for do nothing. */
  end(): void {
    this.meterLimit.end();
    this.hostLimits.instruments.end();
  }

  protected abstract meter(scope: Scope, limits: MeterLimits): M;
}

/** What is read, where it is text. */
function textOf(read: () => unknown): string | undefined {
  try {
    const value = read();
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
