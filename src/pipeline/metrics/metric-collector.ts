import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type {
  AggregationTemporality,
  CollectionResult,
  DataPoint,
  InstrumentType,
  MetricCollectOptions,
  MetricData,
  MetricDescriptor,
  MetricProducer,
  ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Scope } from './checked-meter-provider.js';
import type { MetricStorage } from './metric-storage.js';
import { histogramPoint, hrTime, numberPoint, type Interval } from './data-points.js';
import type { NativeMeterProvider } from './native-meter-provider.js';
import type { HistogramStorage } from './metric-storage.js';
import {
  isHistogram,
  isObserved,
  type MetricStream,
  type ObservedStream,
  type StreamDescriptor,
} from './metric-stream.js';
import type { NumberStorage } from './metric-storage.js';
import { observe, type AsyncCollection } from './async-storage.js';
import { AsyncHistory } from './async-storage.js';
import { DELTA, GAUGE_POINTS, HISTOGRAM_POINTS, INSTRUMENT_TYPES, SUM_POINTS } from './sdk-constants.js';

/** Points that are made between two turns of the event loop. */
const POINTS_PER_TURN = 5000;

export interface MetricCollectorOptions {
  readonly provider: NativeMeterProvider;
  readonly resource: () => Resource;
  readonly now: () => number;
  /** What the reader wants of each type of instrument. */
  readonly temporalityOf: (type: InstrumentType) => AggregationTemporality;
  /** Called at the end of each collection. */
  readonly collected: () => void;
}

/**
 * What one reader sees of a provider: the door by which every stock reader and exporter gets in. Cumulative values are
 * the storage themselves; deltas are storage of this reader's own, filled as the others are and emptied by it alone.
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
  async collect({ timeoutMillis }: MetricCollectOptions = {}): Promise<CollectionResult> {
    const { provider, resource, now } = this.options;
    const meters = [...provider.meters()];
    const observation = await observe(
      meters.flatMap(({ streams }) => streams),
      timeoutMillis,
    );
    const endMillis = now();
    const collection = { lastMillis: this.lastMillis, endMillis };
    this.lastMillis = endMillis;
    const scopeMetrics: ScopeMetrics[] = [];
    for (const { scope, streams } of meters) {
      const metrics: MetricData[] = [];
      for (const stream of streams) {
        const metric = await this.metricOf(stream, observation, collection);
        if (metric.dataPoints.length > 0) metrics.push(metric);
      }
      if (metrics.length > 0) scopeMetrics.push({ scope: sdkScope(scope), metrics });
    }
    this.options.collected();
    return { resourceMetrics: { resource: resource(), scopeMetrics }, errors: [...observation.errors] };
  }

  private async metricOf(
    stream: MetricStream,
    observation: AsyncCollection,
    collection: Collection,
  ): Promise<MetricData> {
    const temporality = this.temporalityOf(stream);
    const delta = temporality === DELTA;
    const interval = intervalOf(delta, collection);
    if (isObserved(stream)) {
      const points = this.observedPoints(stream, observation, delta, collection);
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
    return {
      descriptor: sdkDescriptor(stream.descriptor),
      aggregationTemporality: temporality,
      dataPointType: HISTOGRAM_POINTS,
      dataPoints: await pointsOf(storage, delta, (row) => histogramPoint(rows, histograms, row, interval)),
    };
  }

  private observedPoints(
    stream: ObservedStream,
    observation: AsyncCollection,
    delta: boolean,
    collection: Collection,
  ): DataPoint<number>[] {
    const history = this.histories.get(stream) as AsyncHistory;
    const isGauge = stream.descriptor.kind === 'observableGauge';
    const { startOf, end } = intervalOf(delta, collection);
    return Array.from(observation.values.get(stream) ?? [], ([row, value]) => {
      const since = history.take(row, value, collection.endMillis);
      return {
        attributes: stream.rows.attributesOf(row),
        startTime: startOf(history.startAt(row)),
        endTime: end,
        value: delta && !isGauge ? since : value,
      };
    });
  }

  private temporalityOf({ descriptor }: MetricStream): AggregationTemporality {
    return this.options.temporalityOf(INSTRUMENT_TYPES[descriptor.kind]);
  }
}

interface Collection {
  /** When the reader collected before, in milliseconds since the epoch. */
  readonly lastMillis: number | undefined;
  readonly endMillis: number;
}

/** Deltas begin where the last collection ended, a row that is new since then with its first recording. */
function intervalOf(delta: boolean, { lastMillis, endMillis }: Collection): Interval {
  const last = delta && lastMillis !== undefined ? hrTime(lastMillis) : undefined;
  return { end: hrTime(endMillis), startOf: (firstMillis) => last ?? hrTime(firstMillis) };
}

/** A point of each row that was recorded; deltas are emptied row by row, so that nothing falls between. */
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

function numberMetric(
  descriptor: StreamDescriptor,
  aggregationTemporality: AggregationTemporality,
  dataPoints: DataPoint<number>[],
): MetricData {
  const { kind } = descriptor;
  const base = { descriptor: sdkDescriptor(descriptor), aggregationTemporality, dataPoints };
  return kind === 'gauge' || kind === 'observableGauge'
    ? { ...base, dataPointType: GAUGE_POINTS }
    : { ...base, dataPointType: SUM_POINTS, isMonotonic: kind === 'counter' || kind === 'observableCounter' };
}

/** As the stock SDK has it, with the type beside what its declaration names. */
function sdkDescriptor({ name, kind, description, unit, valueType }: StreamDescriptor): MetricDescriptor & {
  readonly type: InstrumentType;
} {
  return { name, description, unit, valueType, type: INSTRUMENT_TYPES[kind] };
}

function sdkScope({ name, version, schemaUrl }: Scope): InstrumentationScope {
  return { name, ...(version !== undefined && { version }), ...(schemaUrl !== undefined && { schemaUrl }) };
}
