import { nextTurn } from '../../common/timers.js';
import { type AsyncCollection, AsyncHistory, observe } from './async-storage.js';
import {
  histogramMetric,
  histogramPoint,
  hrTime,
  type Interval,
  numberMetric,
  numberPoint,
  sdkScope,
} from './data-points.js';
import type { HistogramStorage, MetricStorage, NumberStorage } from './metric-storage.js';
import { isHistogram, isObserved, type MetricStream, type ObservedStream } from './metric-stream.js';
import type { NativeMeterProvider } from './native-meter.js';
import {
  type Collection,
  type CollectOptions,
  CUMULATIVE,
  type DataPoint,
  DELTA,
  INSTRUMENT_TYPES,
  type MetricData,
  type MetricProducer,
  type MetricReader,
  type MetricResource,
  type ScopeMetrics,
} from './reader-shapes.js';

/** Points made between two turns of the event loop. */
const POINTS_PER_TURN = 5000;

export interface MetricCollectorOptions {
  readonly provider: NativeMeterProvider;
  readonly resource: () => MetricResource;
  readonly now: () => number;
  readonly reader: MetricReader;
  /** Called at the end of each collection. */
  readonly collected: () => void;
}

/**
 * The metrics of a provider for one reader of the official SDK. Cumulative values are read from the streams' own
 * storage; for deltas the reader has storage of its own, which its collections empty.
 */
export class MetricCollector implements MetricProducer {
  private readonly deltas = new Map<MetricStream, MetricStorage>();
  private readonly histories = new Map<MetricStream, AsyncHistory>();
  private lastMillis: number | undefined;

  constructor(private readonly options: MetricCollectorOptions) {
    options.provider.onStream((stream) => {
      if (isObserved(stream)) {
        this.histories.set(stream, AsyncHistory.of(stream));
      } else if (this.temporalityOf(stream) === DELTA) {
        this.deltas.set(stream, stream.storage.deltaStorage());
      }
    });
  }

  /** Never rejects: what a callback threw is in the errors. */
  async collect({ timeoutMillis }: CollectOptions = {}): Promise<Collection> {
    const { provider, resource, now } = this.options;
    const meters = [...provider.meters()];
    const observed = await observe(
      meters.flatMap(({ streams }) => streams),
      timeoutMillis,
    );
    const endMillis = now();
    const times = { lastMillis: this.lastMillis, endMillis };
    this.lastMillis = endMillis;
    const scopeMetrics: ScopeMetrics[] = [];
    for (const { scope, streams } of meters) {
      const metrics: MetricData[] = [];
      for (const stream of streams) {
        const metric = await this.metricOf(stream, observed, times);
        if (metric.dataPoints.length > 0) metrics.push(metric);
      }
      if (metrics.length > 0) scopeMetrics.push({ scope: sdkScope(scope), metrics });
    }
    this.options.collected();
    const errors = [...observed.errors, ...observed.hostErrors];
    return { resourceMetrics: { resource: resource(), scopeMetrics }, errors };
  }

  private async metricOf(
    stream: MetricStream,
    observed: AsyncCollection,
    times: CollectionTimes,
  ): Promise<MetricData> {
    const temporality = this.temporalityOf(stream);
    const delta = temporality === DELTA;
    const interval = intervalOf(delta, times);
    if (isObserved(stream)) {
      const points = this.observedPoints(stream, observed, delta, times);
      return numberMetric(stream.descriptor, temporality, points);
    }
    const { rows } = stream;
    const storage = this.deltas.get(stream) ?? stream.storage;
    if (!isHistogram(stream)) {
      const numbers = storage as NumberStorage;
      const points = await pointsOf(storage, delta, (row) => numberPoint(rows, numbers, row, interval));
      return numberMetric(stream.descriptor, temporality, points);
    }
    const histograms = storage as HistogramStorage;
    const points = await pointsOf(storage, delta, (row) => histogramPoint(rows, histograms, row, interval));
    return histogramMetric(stream.descriptor, temporality, points);
  }

  private observedPoints(
    stream: ObservedStream,
    observed: AsyncCollection,
    delta: boolean,
    times: CollectionTimes,
  ): DataPoint<number>[] {
    const history = this.histories.get(stream) as AsyncHistory;
    const isGauge = stream.descriptor.kind === 'observableGauge';
    const { startOf, end } = intervalOf(delta, times);
    return Array.from(observed.values.get(stream) ?? [], ([row, value]) => {
      const since = history.take(row, value, times.endMillis);
      return {
        attributes: stream.rows.attributesOf(row),
        startTime: startOf(history.startAt(row)),
        endTime: end,
        value: delta && !isGauge ? since : value,
      };
    });
  }

  /** What the reader wants of the type of instrument. One that cannot say gets what each can read. */
  private temporalityOf({ descriptor }: MetricStream): number {
    try {
      return this.options.reader.selectAggregationTemporality(INSTRUMENT_TYPES[descriptor.kind] as never);
    } catch {
      return CUMULATIVE;
    }
  }
}

interface CollectionTimes {
  /** When the reader collected before, in milliseconds since the epoch. */
  readonly lastMillis: number | undefined;
  readonly endMillis: number;
}

/** Deltas begin where the last collection ended; a reader's first ones begin with the first recording. */
function intervalOf(delta: boolean, { lastMillis, endMillis }: CollectionTimes): Interval {
  const last = delta && lastMillis !== undefined ? hrTime(lastMillis) : undefined;
  return { end: hrTime(endMillis), startOf: (firstMillis) => last ?? hrTime(firstMillis) };
}

/** A point of each row that was recorded. Deltas are emptied row by row, so that no recording falls between. */
async function pointsOf<P>(
  storage: MetricStorage,
  empties: boolean,
  pointOf: (row: number) => P,
): Promise<P[]> {
  const points: P[] = [];
  const { length } = storage;
  for (let row = 0; row < length; row++) {
    if (row % POINTS_PER_TURN === POINTS_PER_TURN - 1) await nextTurn();
    if (!storage.has(row)) continue;
    points.push(pointOf(row));
    if (empties) storage.close(row);
  }
  return points;
}
