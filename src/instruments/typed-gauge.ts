import type { ObservableGauge, ObservableResult } from '@opentelemetry/api';
import type { LabelSeriesIndex } from '../cardinality/label-series-index.js';
import { withDeadline } from '../common/deadline.js';
import type { MetricLabels, MetricName } from '../semconv/metrics.js';
import type { DropLog } from '../diagnostics/drop-log.js';

/** Takes what a source sees now. */
export type Observe<N extends MetricName> = (value: number, labels: MetricLabels<N>) => void;
/** Reports current values; may be async. What it throws is counted, its series are then absent. */
export type GaugeSource<N extends MetricName> = (observe: Observe<N>) => void | Promise<void>;

/** How long an async source may take at most before its series are left out of a collection, in milliseconds. */
export const SOURCE_TIMEOUT_MS = 1000;

/** A gauge read at each collection from any number of sources; one that fails or hangs costs the others nothing. */
export class TypedGauge<N extends MetricName> {
  private sources = new Set<GaugeSource<N>>();

  constructor(
    private readonly name: N,
    gauge: ObservableGauge,
    private readonly sets: LabelSeriesIndex,
    private readonly drops: DropLog,
    private readonly timeoutMillis: number,
  ) {
    gauge.addCallback((result) => this.collect(result));
  }

  /** Adds a source; returns the function that removes it. */
  addSource(source: GaugeSource<N>): () => void {
    this.sources.add(source);
    return () => void this.sources.delete(source);
  }

  /** Its sources are those of `other` from now on: what is added to this one is read by that. */
  follow(other: TypedGauge<N>): void {
    for (const source of this.sources) other.sources.add(source);
    this.sources = other.sources;
  }

  private async collect(result: ObservableResult): Promise<void> {
    await Promise.all([...this.sources].map((source) => this.read(source, result)));
  }

  private async read(source: GaugeSource<N>, result: ObservableResult): Promise<void> {
    let open = true;
    try {
      const pending = source((value, labels) => {
        if (!open) return;
        if (typeof value !== 'number' || !Number.isFinite(value)) this.drops.invalidValue(this.name, value);
        else result.observe(value, this.sets.resolve(labels));
      });
      if (pending === undefined) return;
      await withDeadline(pending, this.timeoutMillis, () => {
        throw new Error(`no answer in ${this.timeoutMillis} ms`);
      });
    } catch (error) {
      this.drops.callbackFailed(this.name, error);
    } finally {
      open = false;
    }
  }
}
