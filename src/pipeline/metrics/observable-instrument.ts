import type { BatchObservableCallback, Observable, ObservableCallback } from '@opentelemetry/api';
import type { AttributeSeriesIndex } from '../../cardinality/attribute-series-index.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { accepts, type ObservableKind } from './instrument.js';

/** Runs a callback of the host's once. */
type Run = () => Promise<ObservedValues>;

/** An observable instrument. Its value is the sum over its callbacks; a series that none of them reports leaves. */
export class ObservableInstrument implements Observable {
  private readonly runs = new Map<object, Run>();

  /** @param integers - cuts the fraction off, as the value type INT asks for */
  constructor(
    readonly name: string,
    readonly kind: ObservableKind,
    readonly rows: AttributeSeriesIndex,
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

  /** Asks all callbacks; answers values by row. Rejects when a callback does. */
  async observe(): Promise<ReadonlyMap<number, number>> {
    const total = new ObservedValues(this);
    const runs = [...this.runs.values()].map((run) => run());
    for (const observed of await Promise.all(runs)) total.takeAll(observed);
    return total.values;
  }
}

/** Valid values that callbacks observed, by row: sums are added up, of a gauge the last one stays. */
class ObservedValues {
  readonly values = new Map<number, number>();

  constructor(private readonly instrument: ObservableInstrument) {}

  observe(value: number, attributes?: unknown): void {
    const { kind, name, drops, rows, integers } = this.instrument;
    if (!accepts(kind, value, integers)) return drops.invalidValue(name, value);
    this.take(integers ? Math.trunc(value) : value, rows.find(attributes));
  }

  takeAll(other: ObservedValues): void {
    for (const [row, value] of other.values) this.take(value, row);
  }

  private take(value: number, row: number): void {
    const before = this.instrument.kind === 'observableGauge' ? 0 : (this.values.get(row) ?? 0);
    this.values.set(row, before + value);
  }
}

/** A callback over several instruments. Each of them asks for it at a collection; those at once share one run. */
export class BatchCallback {
  private running: Promise<BatchValues> | undefined;

  constructor(private readonly callback: BatchObservableCallback) {}

  run(): Promise<BatchValues> {
    if (this.running === undefined) {
      this.running = this.runOnce();
      void Promise.resolve().then(() => (this.running = undefined)); // fake timers replace queueMicrotask
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

/** What one run of a batch callback observed, by instrument. */
class BatchValues {
  private readonly byInstrument = new Map<ObservableInstrument, ObservedValues>();

  of(instrument: ObservableInstrument): ObservedValues {
    const values = this.byInstrument.get(instrument) ?? new ObservedValues(instrument);
    this.byInstrument.set(instrument, values);
    return values;
  }
}
