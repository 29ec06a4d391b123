import type { BatchObservableCallback, Observable, ObservableCallback } from '@opentelemetry/api';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { accepts, type ObservableKind } from './instrument-kind.js';

/** Values that callbacks observed, valid and by series: sums are added up, of a gauge the last one stays. */
class ObservedValues<S> {
  readonly values = new Map<S, number>();

  constructor(private readonly instrument: ObservableInstrument<S>) {}

  observe(value: number, attributes?: unknown): void {
    const { kind, name, drops, seriesOf, integers } = this.instrument;
    if (accepts(kind, value, integers)) this.take(integers ? Math.trunc(value) : value, seriesOf(attributes));
    else drops.invalidValue(name, value);
  }

  takeAll(other: ObservedValues<S>): void {
    for (const [series, value] of other.values) this.take(value, series);
  }

  private take(value: number, series: S): void {
    const before = this.instrument.kind === 'observableGauge' ? 0 : (this.values.get(series) ?? 0);
    this.values.set(series, before + value);
  }
}

/** Runs a callback of the host's once. */
type Run<S> = () => Promise<ObservedValues<S>>;

/** An observable instrument: what all its callbacks report is one sum, and what they stop reporting leaves. */
export class ObservableInstrument<S> implements Observable {
  private readonly runs = new Map<object, Run<S>>();

  /**
   * @param seriesOf - the series of a caller's attributes, whatever they are
   * @param integers - cuts the fraction off, as the value type INT asks for
   */
  constructor(
    readonly name: string,
    readonly kind: ObservableKind,
    readonly seriesOf: (attributes: unknown) => S,
    readonly drops: DropLog,
    readonly integers: boolean,
  ) {}

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

  /** Asks all callbacks. Rejects when one does. */
  async observe(): Promise<ReadonlyMap<S, number>> {
    const total = new ObservedValues(this);
    const runs = [...this.runs.values()].map((run) => run());
    for (const observed of await Promise.all(runs)) total.takeAll(observed);
    return total.values;
  }
}

/** What one run of a batch callback observed, by instrument. */
class BatchValues {
  private readonly byInstrument = new Map<unknown, unknown>();

  of<S>(instrument: ObservableInstrument<S>): ObservedValues<S> {
    const values =
      (this.byInstrument.get(instrument) as ObservedValues<S> | undefined) ?? new ObservedValues(instrument);
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
        if (instrument instanceof ObservableInstrument) values.of(instrument).observe(value, attributes);
      },
    });
    return values;
  }
}
