import type { Counter, Histogram, UpDownCounter } from '@opentelemetry/api';
import type { LabelSets } from '../cardinality/label-sets.js';
import type { MetricLabels, MetricName } from '../semconv/metrics.js';
import type { DropLog } from './drop-log.js';

/** A counter whose labels are the registry's. Never throws. */
export class TypedCounter<N extends MetricName> {
  constructor(
    private readonly name: N,
    private readonly counter: Counter,
    private readonly sets: LabelSets,
    private readonly drops: DropLog,
  ) {}

  add(value: number, labels: MetricLabels<N>): void {
    try {
      if (!isCount(value)) return this.drops.invalidValue(this.name, value);
      this.counter.add(value, this.sets.resolve(labels));
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

/** A histogram of seconds or scores whose labels are the registry's. Never throws. */
export class TypedHistogram<N extends MetricName> {
  constructor(
    private readonly name: N,
    private readonly histogram: Histogram,
    private readonly sets: LabelSets,
    private readonly drops: DropLog,
  ) {}

  record(value: number, labels: MetricLabels<N>): void {
    try {
      if (!isCount(value)) return this.drops.invalidValue(this.name, value);
      this.histogram.record(value, this.sets.resolve(labels));
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

/** A sum that goes both ways. Never throws. */
export class TypedUpDownCounter<N extends MetricName> {
  constructor(
    private readonly name: N,
    private readonly counter: UpDownCounter,
    private readonly sets: LabelSets,
    private readonly drops: DropLog,
  ) {}

  add(value: number, labels: MetricLabels<N>): void {
    try {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        return this.drops.invalidValue(this.name, value);
      }
      this.counter.add(value, this.sets.resolve(labels));
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}
