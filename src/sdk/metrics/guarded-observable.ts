import type {
  Attributes,
  BatchObservableCallback,
  Observable,
  ObservableCallback,
  ObservableResult,
} from '@opentelemetry/api';
import type { DropLog } from '../../instruments/drop-log.js';
import { finite, notNegative, number, type ResolveAttributes } from './guarded-instruments.js';
import type { LiveSeries, ObservableKind } from './live-series.js';

const ACCEPTED = { counter: notNegative, upDownCounter: finite, gauge: number };

/** Values that callbacks observed, valid and by series: sums are added up, of a gauge the last one stays. */
class ObservedValues {
  readonly values = new Map<Attributes, number>();

  constructor(private readonly instrument: GuardedObservable) {}

  observe(value: number, attributes?: unknown): void {
    const { kind, name, drops, resolve } = this.instrument;
    if (ACCEPTED[kind](value)) this.take(value, resolve(attributes));
    else drops.invalidValue(name, value);
  }

  takeAll(other: ObservedValues): void {
    for (const [series, value] of other.values) this.take(value, series);
  }

  private take(value: number, series: Attributes): void {
    const before = this.instrument.kind === 'gauge' ? 0 : (this.values.get(series) ?? 0);
    this.values.set(series, before + value);
  }
}

/** Runs a callback of the host's once. */
type Run = () => Promise<ObservedValues>;

/** An observable instrument: what all its callbacks report is one sum, and what they stop reporting leaves. */
export class GuardedObservable implements Observable {
  private readonly runs = new Map<object, Run>();

  constructor(
    readonly name: string,
    readonly kind: ObservableKind,
    inner: Observable,
    readonly resolve: ResolveAttributes,
    readonly drops: DropLog,
    private readonly live: LiveSeries,
    private readonly key: string,
  ) {
    live.watch(key);
    inner.addCallback((result) => this.collect(result));
  }

  addCallback(callback: ObservableCallback): void {
    if (typeof callback !== 'function') return;
    this.runs.set(callback, async () => {
      const observed = new ObservedValues(this);
      await callback(observed);
      return observed;
    });
  }

  addBatch(batch: BatchCallback): void {
    this.runs.set(batch, async () => (await batch.run()).of(this));
  }

  removeCallback(callback: ObservableCallback | BatchCallback): void {
    this.runs.delete(callback);
  }

  private async collect(result: ObservableResult): Promise<void> {
    const total = new ObservedValues(this);
    try {
      const runs = [...this.runs.values()].map((run) => run());
      for (const observed of await Promise.all(runs)) total.takeAll(observed);
      for (const [series, value] of total.values) result.observe(value, series);
    } finally {
      this.live.reported(this.key, new Set(total.values.keys()));
    }
  }
}

/** What one run of a batch callback observed, by instrument. */
class BatchValues {
  private readonly byInstrument = new Map<unknown, ObservedValues>();

  of(instrument: GuardedObservable): ObservedValues {
    const values = this.byInstrument.get(instrument) ?? new ObservedValues(instrument);
    this.byInstrument.set(instrument, values);
    return values;
  }
}

/** A callback over several instruments. Each of them asks for it at a collection; those at once share one run. */
export class BatchCallback {
  private running: Promise<BatchValues> | undefined;

  constructor(private readonly callback: BatchObservableCallback) {}

  run(): Promise<BatchValues> {
    if (this.running === undefined) {
      this.running = this.runOnce();
      queueMicrotask(() => (this.running = undefined));
    }
    return this.running;
  }

  private async runOnce(): Promise<BatchValues> {
    const values = new BatchValues();
    await this.callback({
      observe: (instrument, value, attributes) => {
        if (instrument instanceof GuardedObservable) values.of(instrument).observe(value, attributes);
      },
    });
    return values;
  }
}
