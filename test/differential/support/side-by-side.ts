import type { Meter } from '@opentelemetry/api';
import {
  MeterProvider,
  type CollectionResult,
  type DataPoint,
  type MetricData,
  type MetricReader,
} from '@opentelemetry/sdk-metrics';
import type { CardinalityLimits } from '../../../src/cardinality/cardinality-limits.js';
import { fakeClock } from '../../support/clock.js';
import { cumulative, nativeProvider, RESOURCE, TestReader, type Temporality } from './subjects.js';

/** The official SDK and our store, each with equal readers, on one clock. */
export function sideBySide(
  options: {
    temporalities?: readonly Temporality[];
    caps?: CardinalityLimits;
    reader?: (temporality: Temporality) => MetricReader;
  } = {},
) {
  const {
    temporalities = [cumulative],
    caps,
    reader = (temporality: Temporality) => new TestReader(temporality),
  } = options;
  const clock = fakeClock(1_700_000_000_000);
  jest.spyOn(Date, 'now').mockImplementation(clock.now);
  const ours = temporalities.map(reader);
  const theirs = temporalities.map(reader);
  return {
    clock,
    ours: new Side(nativeProvider(ours, clock.now, caps), ours),
    theirs: new Side(new MeterProvider({ resource: RESOURCE, readers: [...theirs] }), theirs),
  };
}

export class Side {
  constructor(
    readonly provider: { getMeter(name: string, version?: string): Meter },
    private readonly readers: readonly MetricReader[],
  ) {}

  get meter(): Meter {
    return this.provider.getMeter('shop');
  }

  collect(reader = 0): Promise<CollectionResult> {
    return this.readers[reader]!.collect();
  }

  async metrics(reader = 0): Promise<MetricData[]> {
    const { resourceMetrics } = await this.collect(reader);
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }

  async points(reader = 0): Promise<DataPoint<unknown>[]> {
    return (await this.metrics(reader)).flatMap(({ dataPoints }): DataPoint<unknown>[] => dataPoints);
  }

  /** All values, in the order of their series. */
  async values(reader = 0): Promise<unknown[]> {
    return (await this.points(reader)).map(({ value }) => value);
  }
}
