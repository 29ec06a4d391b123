import type { Attributes } from '@opentelemetry/api';
import type { CardinalityLimits } from '../../src/cardinality/cardinality-limits.js';
import { LabelSeriesIndex, type SeriesIndexListener } from '../../src/cardinality/label-series-index.js';
import type { MetricDefinition } from '../../src/semconv/types.js';

export type Heard = readonly [event: 'overflowed' | 'invalid', label: string, detail: unknown];

/** A listener that remembers what it was told. */
export function listening(): SeriesIndexListener & { readonly heard: Heard[] } {
  const heard: Heard[] = [];
  return {
    heard,
    overflowed: (_, label, cap) => void heard.push(['overflowed', label, cap]),
    invalid: (_, label, value) => void heard.push(['invalid', label, value]),
  };
}

export const METRIC = 'agent_os_test_total';

/** The series of a metric with these labels, and what their listener hears. */
export function indexOf(labels: MetricDefinition['labels'], caps?: CardinalityLimits) {
  const listener = listening();
  const definition: MetricDefinition = { kind: 'counter', unit: '{call}', description: 'Calls.', labels };
  return { index: new LabelSeriesIndex(METRIC, definition, listener, caps), heard: listener.heard };
}

/** A counter of its own, to see that totals stay right. */
export class Tally {
  private readonly counts = new Map<Attributes, number>();

  add(attributes: Attributes, count = 1): void {
    this.counts.set(attributes, (this.counts.get(attributes) ?? 0) + count);
  }
  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
  get series(): Attributes[] {
    return [...this.counts.keys()];
  }
  of(attributes: Attributes): number {
    return this.counts.get(attributes) ?? 0;
  }
}
