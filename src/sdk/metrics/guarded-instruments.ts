import type { Attributes, Context, Counter, Gauge, Histogram, UpDownCounter } from '@opentelemetry/api';
import type { DropLog } from '../../instruments/drop-log.js';

/** Turns a caller's attributes into the instrument's own. */
export type ResolveAttributes = (given: unknown) => Attributes;

export const finite = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
export const notNegative = (value: unknown): boolean => finite(value) && (value as number) >= 0;
export const number = (value: unknown): boolean => typeof value === 'number';

/** A synchronous instrument that never throws and keeps nothing of the caller's. */
class GuardedInstrument {
  constructor(
    private readonly name: string,
    private readonly accepts: (value: unknown) => boolean,
    private readonly inner: (value: number, attributes: Attributes, context?: Context) => void,
    private readonly resolve: ResolveAttributes,
    private readonly drops: DropLog,
  ) {}

  protected take(value: number, attributes: unknown, context: Context | undefined): void {
    try {
      if (this.accepts(value)) this.inner(value, this.resolve(attributes), context);
      else this.drops.invalidValue(this.name, value);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

class GuardedAdder extends GuardedInstrument implements Counter {
  add(value: number, attributes?: Attributes, context?: Context): void {
    this.take(value, attributes, context);
  }
}

class GuardedRecorder extends GuardedInstrument implements Histogram {
  record(value: number, attributes?: Attributes, context?: Context): void {
    this.take(value, attributes, context);
  }
}

/** Makes an instrument safe. */
export type Wrap<I> = (name: string, inner: I, resolve: ResolveAttributes, drops: DropLog) => I;

export const guardCounter: Wrap<Counter> = (name, inner, resolve, drops) =>
  new GuardedAdder(name, notNegative, (...args) => inner.add(...args), resolve, drops);
export const guardUpDownCounter: Wrap<UpDownCounter> = (name, inner, resolve, drops) =>
  new GuardedAdder(name, finite, (...args) => inner.add(...args), resolve, drops);
export const guardHistogram: Wrap<Histogram> = (name, inner, resolve, drops) =>
  new GuardedRecorder(name, finite, (...args) => inner.record(...args), resolve, drops);
export const guardGauge: Wrap<Gauge> = (name, inner, resolve, drops) =>
  new GuardedRecorder(name, number, (...args) => inner.record(...args), resolve, drops);
