import type {
  Attributes,
  Context,
  Counter,
  Gauge,
  Histogram,
  Observable,
  ObservableCallback,
  ObservableResult,
  UpDownCounter,
} from '@opentelemetry/api';
import type { DropLog } from '../../instruments/drop-log.js';
import type { LiveSeries } from './live-series.js';

/** Turns a caller's attributes into the instrument's own. */
export type ResolveAttributes = (given: unknown) => Attributes;

const finite = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const notNegative = (value: unknown): boolean => finite(value) && (value as number) >= 0;
const number = (value: unknown): boolean => typeof value === 'number';

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

type Wrap<I> = (name: string, inner: I, resolve: ResolveAttributes, drops: DropLog) => I;

export const guardCounter: Wrap<Counter> = (name, inner, resolve, drops) =>
  new GuardedAdder(name, notNegative, (...args) => inner.add(...args), resolve, drops);
export const guardUpDownCounter: Wrap<UpDownCounter> = (name, inner, resolve, drops) =>
  new GuardedAdder(name, finite, (...args) => inner.add(...args), resolve, drops);
export const guardHistogram: Wrap<Histogram> = (name, inner, resolve, drops) =>
  new GuardedRecorder(name, finite, (...args) => inner.record(...args), resolve, drops);
export const guardGauge: Wrap<Gauge> = (name, inner, resolve, drops) =>
  new GuardedRecorder(name, number, (...args) => inner.record(...args), resolve, drops);

/** Values of one run of a callback, before they go on: sums past a cap are added up, gauges keep the last. */
export class ObservedValues {
  readonly values = new Map<Attributes, number>();

  constructor(private readonly instrument: GuardedObservable) {}

  observe(value: number, attributes?: unknown): void {
    const { accepts, name, drops, resolve, sums } = this.instrument;
    if (!accepts(value)) return drops.invalidValue(name, value);
    const own = resolve(attributes);
    this.values.set(own, sums ? (this.values.get(own) ?? 0) + value : value);
  }
}

/** An observable instrument: what callbacks report is made valid, and what they stop reporting leaves. */
export class GuardedObservable implements Observable {
  private readonly wrapped = new Map<ObservableCallback, ObservableCallback>();
  readonly accepts: (value: unknown) => boolean;
  readonly sums: boolean;

  constructor(
    readonly name: string,
    kind: 'counter' | 'upDownCounter' | 'gauge',
    readonly inner: Observable,
    readonly resolve: ResolveAttributes,
    readonly drops: DropLog,
    readonly live: LiveSeries,
    readonly key: string,
  ) {
    this.accepts = { counter: notNegative, upDownCounter: finite, gauge: number }[kind];
    this.sums = kind !== 'gauge';
    live.watch(key);
  }

  addCallback(callback: ObservableCallback): void {
    if (typeof callback !== 'function' || this.wrapped.has(callback)) return;
    const wrapped: ObservableCallback = async (result) => {
      const observed = new ObservedValues(this);
      try {
        await callback(observed);
      } finally {
        this.report(callback, observed, result);
      }
    };
    this.wrapped.set(callback, wrapped);
    this.inner.addCallback(wrapped);
  }

  removeCallback(callback: ObservableCallback): void {
    const wrapped = this.wrapped.get(callback);
    if (wrapped === undefined) return;
    this.wrapped.delete(callback);
    this.inner.removeCallback(wrapped);
    this.live.forget(this.key, callback);
  }

  /** Hands on what one callback observed and remembers it as live. */
  report(callback: object, observed: ObservedValues, result: Pick<ObservableResult, 'observe'>): void {
    for (const [attributes, value] of observed.values) result.observe(value, attributes);
    this.live.reported(this.key, callback, new Set(observed.values.keys()));
  }
}
