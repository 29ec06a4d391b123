import type { Attributes, Context, Counter, Histogram } from '@opentelemetry/api';
import type { DropLog } from '../../../instruments/drop-log.js';
import { accepts, type InstrumentKind } from '../instrument-kind.js';

/** What the stock instruments have in common: they take a value by one method or the other. */
export type Taking = (value: number, attributes: Attributes, context?: Context) => void;

/** A stock instrument that never throws and keeps nothing of the caller's. */
export class GuardedInstrument implements Counter, Histogram {
  constructor(
    private readonly kind: InstrumentKind,
    private readonly name: string,
    private readonly inner: Taking,
    private readonly seriesOf: (given: unknown) => Attributes,
    private readonly drops: DropLog,
  ) {}

  add(value: number, attributes?: Attributes, context?: Context): void {
    this.record(value, attributes, context);
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    try {
      if (accepts(this.kind, value)) this.inner(value, this.seriesOf(attributes), context);
      else this.drops.invalidValue(this.name, value);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}
