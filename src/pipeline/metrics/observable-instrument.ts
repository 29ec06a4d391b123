import type { BatchObservableCallback, Observable, ObservableCallback } from '@opentelemetry/api';
import type { AttributeSeriesIndex } from '../../cardinality/attribute-series-index.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { HostCall, HostCallbackError } from './host-call.js';
import { accepts, type ObservableKind } from './instrument.js';

/** Runs a callback of the host's once. */
type Run = () => Promise<ObservedValues>;

/** An observable instrument. Its value is the sum over its callbacks; a series that none of them reports leaves. */
export class ObservableInstrument implements Observable {
  private readonly runs = new Map<object, Run>();

  /**
   * @param integers - cuts the fraction off, as the value type INT asks for
   * @param timeoutMillis - how long a callback of a host may take; undefined for the registry's, which bounds its own
   */
  constructor(
    readonly name: string,
    readonly kind: ObservableKind,
    readonly rows: AttributeSeriesIndex,
    readonly drops: DropLog,
    readonly integers: boolean,
    readonly timeoutMillis?: number,
  ) {}

  addCallback(callback: ObservableCallback): void {
    if (typeof callback !== 'function' || this.runs.has(callback)) return;
    const call = new HostCall(async () => {
      const observed = new ObservedValues(this);
      await callback(observed);
      return observed;
    });
    this.runs.set(callback, () => call.answer(this.timeoutMillis));
  }

  addBatch(batch: BatchCallback): void {
    this.runs.set(batch, async () => (await batch.run(this.timeoutMillis)).of(this));
  }

  removeCallback(callback: ObservableCallback | BatchCallback): void {
    this.runs.delete(callback);
  }

  /**
   * Asks all callbacks; answers values by row. Where one of a host's fails or is late, the instrument has none: what the
   * others give is not its value. That is counted, and said once.
   *
   * @throws HostCallbackError for a callback of a host; what the registry's throws, as it is
   */
  async observe(): Promise<ReadonlyMap<number, number>> {
    const total = new ObservedValues(this);
    const runs = [...this.runs.values()].map((run) => run());
    try {
      for (const observed of await Promise.all(runs)) total.takeAll(observed);
    } catch (error) {
      if (this.timeoutMillis === undefined) throw error;
      this.drops.callbackFailed(this.name, error);
      throw new HostCallbackError(this.name, error);
    }
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
    if (this.instrument.kind === 'observableGauge') {
      this.values.delete(row); // the newest stands last
      this.values.set(row, value);
    } else this.values.set(row, (this.values.get(row) ?? 0) + value);
  }
}

/** A callback over several instruments. Each of them asks for it at a collection; those at once share one run. */
export class BatchCallback {
  private running: Promise<BatchValues> | undefined;
  private readonly call = new HostCall(() => this.runOnce());

  constructor(private readonly callback: BatchObservableCallback) {}

  run(timeoutMillis: number | undefined): Promise<BatchValues> {
    if (this.running === undefined) {
      this.running = this.call.answer(timeoutMillis);
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
