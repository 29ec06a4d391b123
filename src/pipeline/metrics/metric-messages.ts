import { isValidSpanId, isValidTraceId, ValueType } from '@opentelemetry/api';
import type { Exemplar, NumberCells } from '../../exposition/exposed-family.js';
import { writeResource, writeScope } from '../otlp/common-messages.js';
import type { Field, MessageWriter } from '../otlp/message-writer.js';
import type { Turns } from '../turns.js';
import type { Scope } from './checked-meter.js';
import { isGauge, isHistogram } from './metric-stream.js';
import type { PushedHistogramCells, PushedSeries } from './pushed-stream.js';
import type { PushedMetric, PushedMetrics } from './pushed-streams.js';
import type { MetricResource } from './reader-shapes.js';

// Messages of opentelemetry/proto/metrics/v1/metrics.proto and collector/metrics/v1/metrics_service.proto.

const RESOURCE_METRICS: Field = { number: 1, name: 'resourceMetrics' };
const RESOURCE: Field = { number: 1, name: 'resource' };
const SCOPE_METRICS: Field = { number: 2, name: 'scopeMetrics' };
const SCOPE: Field = { number: 1, name: 'scope' };
const METRICS: Field = { number: 2, name: 'metrics' };
const SCHEMA_URL: Field = { number: 3, name: 'schemaUrl' };

const NAME: Field = { number: 1, name: 'name' };
const DESCRIPTION: Field = { number: 2, name: 'description' };
const UNIT: Field = { number: 3, name: 'unit' };
const GAUGE: Field = { number: 5, name: 'gauge' };
const SUM: Field = { number: 7, name: 'sum' };
const HISTOGRAM: Field = { number: 9, name: 'histogram' };
const DATA_POINTS: Field = { number: 1, name: 'dataPoints' };
const AGGREGATION_TEMPORALITY: Field = { number: 2, name: 'aggregationTemporality' };
const DELTA = 1;
const CUMULATIVE = 2;
const IS_MONOTONIC: Field = { number: 3, name: 'isMonotonic' };

const START_TIME: Field = { number: 2, name: 'startTimeUnixNano' };
const TIME: Field = { number: 3, name: 'timeUnixNano' };
const NUMBER = {
  exemplars: { number: 5, name: 'exemplars' },
  asDouble: { number: 4, name: 'asDouble' },
  asInt: { number: 6, name: 'asInt' },
  flags: { number: 8, name: 'flags' },
} as const;
const DISTRIBUTION = {
  exemplars: { number: 8, name: 'exemplars' },
  count: { number: 4, name: 'count' },
  sum: { number: 5, name: 'sum' },
  bucketCounts: { number: 6, name: 'bucketCounts' },
  explicitBounds: { number: 7, name: 'explicitBounds' },
  flags: { number: 10, name: 'flags' },
  min: { number: 11, name: 'min' },
  max: { number: 12, name: 'max' },
} as const;
const EXEMPLAR = {
  time: { number: 2, name: 'timeUnixNano' },
  spanId: { number: 4, name: 'spanId' },
  traceId: { number: 5, name: 'traceId' },
  asDouble: { number: 3, name: 'asDouble' },
  asInt: { number: 6, name: 'asInt' },
} as const;

/**
 * The series has ended: it is not found from the point's time on. The value is there all the same. Whoever does not know
 * the flag sees the last one again, and of a histogram Prometheus ends the series of the sum and the buckets that it sees.
 *
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#data-point-flags
 */
const NO_RECORDED_VALUE = 1;

/** Points between two looks at the length of a message. */
const POINTS_PER_LOOK = 16;

/** A place in the metrics of a push. */
export interface Position {
  readonly metric: number;
  readonly place: number;
}

export const FIRST_POSITION: Position = { metric: 0, place: 0 };

/** How much one message may hold. It holds one point at least. */
interface MessageLimit {
  readonly points: number;
  /** About, for it is looked at every few points. */
  readonly bytes: number;
}

export interface MetricsMessage {
  readonly bytes: Uint8Array;
  readonly points: number;
  /** Where the next message begins; past the last metric after the last one. */
  readonly end: Position;
}

/** What of a push one message is to hold. */
export interface MessagePart {
  readonly from: Position;
  readonly limit: MessageLimit;
  readonly turns: Turns;
}

/** Writes an ExportMetricsServiceRequest of the points from a position on; undefined where there are none. */
export async function writeMetrics(
  writer: MessageWriter,
  resource: MetricResource,
  { metrics, endMillis }: PushedMetrics,
  { from, limit, turns }: MessagePart,
): Promise<MetricsMessage | undefined> {
  const request = new MetricsRequest(writer, resource, endMillis);
  let points = 0;
  for (let at = from.metric; at < metrics.length; at++) {
    const metric = metrics[at] as PushedMetric;
    for (let place = at === from.metric ? from.place : 0; place < metric.places; place++) {
      if (turns.isOver()) await turns.next();
      const row = metric.rowAt(place);
      if (row < 0) continue;
      const isFull = points % POINTS_PER_LOOK === 0 && points > 0 && writer.length >= limit.bytes;
      if (isFull || points === limit.points) {
        return { bytes: request.finish(), points, end: { metric: at, place } };
      }
      request.point(metric, row);
      points++;
    }
  }
  if (points === 0) return undefined;
  return { bytes: request.finish(), points, end: { metric: metrics.length, place: 0 } };
}

/** Forgets the deltas between two positions. */
export function settle({ metrics }: PushedMetrics, from: Position, end: Position): void {
  for (let at = from.metric; at <= Math.min(end.metric, metrics.length - 1); at++) {
    const metric = metrics[at] as PushedMetric;
    metric.settle(at === from.metric ? from.place : 0, at === end.metric ? end.place : metric.places);
  }
}

/** One request while it is written: scopes and metrics begin with their first point. */
class MetricsRequest {
  private scope: Scope | undefined;
  private metric: PushedMetric | undefined;
  /** Of what is open, from the outside in: the resource's metrics, the scope's, the metric, its data. */
  private readonly marks: number[] = [];
  /** The histogram that is written, for a function that is not made for each. */
  private cells: PushedHistogramCells | undefined;
  private row = 0;
  private readonly countAt = (bucket: number): number =>
    (this.cells as PushedHistogramCells).countAt(this.row, bucket);
  private readonly endSeconds: number;
  private readonly endNanos: number;

  constructor(
    private readonly writer: MessageWriter,
    private readonly resource: MetricResource,
    private readonly endMillis: number,
  ) {
    this.endSeconds = secondsOf(endMillis);
    this.endNanos = nanosOf(endMillis);
  }

  point(metric: PushedMetric, row: number): void {
    if (metric !== this.metric) this.begin(metric);
    const { writer } = this;
    const { stream, cells } = metric;
    const isDistribution = isHistogram(stream);
    const mark = writer.openItem(DATA_POINTS);
    metric.attributes.write(writer, row);
    // A gauge did not begin at 0, which Prometheus stores where there is a start time. A series that began while the points
    // before it were written began at the push.
    if (!isGauge(stream)) this.millis(START_TIME, Math.min(cells.startAt(row), this.endMillis));
    writer.time(TIME, this.endSeconds, this.endNanos);
    if (metric.ended) writer.uint32((isDistribution ? DISTRIBUTION : NUMBER).flags, NO_RECORDED_VALUE);
    if (isDistribution) {
      this.distribution(cells as PushedHistogramCells, row);
    } else {
      const isInteger = stream.descriptor.valueType === ValueType.INT;
      const numbers = cells as NumberCells;
      this.number(NUMBER, numbers.valueAt(row), isInteger);
      this.exemplars(NUMBER.exemplars, numbers, row, 1, isInteger);
    }
    writer.close(mark);
  }

  finish(): Uint8Array {
    this.closeMetric();
    this.closeScope();
    const { writer, resource, marks } = this;
    writer.closeList();
    if (resource.schemaUrl !== undefined) writer.text(SCHEMA_URL, resource.schemaUrl);
    writer.close(marks.pop() as number);
    writer.closeList();
    return writer.finish();
  }

  private begin(metric: PushedMetric): void {
    const { writer, marks } = this;
    if (this.metric === undefined) {
      writer.openList(RESOURCE_METRICS);
      marks.push(writer.openItem(RESOURCE_METRICS));
      writeResource(writer, RESOURCE, this.resource.attributes);
      writer.openList(SCOPE_METRICS);
    }
    this.closeMetric();
    if (metric.scope !== this.scope) {
      this.closeScope();
      this.scope = metric.scope;
      marks.push(writer.openItem(SCOPE_METRICS));
      writeScope(writer, SCOPE, metric.scope);
      writer.openList(METRICS);
    }
    this.metric = metric;
    const { name, description, unit, kind } = metric.stream.descriptor;
    marks.push(writer.openItem(METRICS));
    writer.text(NAME, name);
    if (description !== '') writer.text(DESCRIPTION, description);
    if (unit !== '') writer.text(UNIT, unit);
    const gauge = isGauge(metric.stream);
    marks.push(writer.open(gauge ? GAUGE : kind === 'histogram' ? HISTOGRAM : SUM));
    if (!gauge) writer.uint32(AGGREGATION_TEMPORALITY, metric.delta ? DELTA : CUMULATIVE);
    if (kind === 'counter' || kind === 'observableCounter') writer.bool(IS_MONOTONIC, true);
    writer.openList(DATA_POINTS);
  }

  private closeMetric(): void {
    if (this.metric === undefined) return;
    const { writer, marks } = this;
    writer.closeList();
    writer.close(marks.pop() as number);
    writer.close(marks.pop() as number);
  }

  private closeScope(): void {
    if (this.scope === undefined) return;
    const { writer, scope, marks } = this;
    writer.closeList();
    if (scope.schemaUrl !== undefined) writer.text(SCHEMA_URL, scope.schemaUrl);
    writer.close(marks.pop() as number);
  }

  private distribution(cells: PushedHistogramCells, row: number): void {
    const { writer } = this;
    const { boundaries } = cells;
    const buckets = boundaries.length + 1;
    let count = 0;
    for (let bucket = 0; bucket < buckets; bucket++) count += cells.countAt(row, bucket);
    this.cells = cells;
    this.row = row;
    writer.fixed64(DISTRIBUTION.count, count);
    writer.double(DISTRIBUTION.sum, cells.sumAt(row));
    writer.fixed64s(DISTRIBUTION.bucketCounts, buckets, this.countAt);
    writer.doubles(DISTRIBUTION.explicitBounds, boundaries);
    writer.double(DISTRIBUTION.min, cells.minAt(row));
    writer.double(DISTRIBUTION.max, cells.maxAt(row));
    this.exemplars(DISTRIBUTION.exemplars, cells, row, buckets, false);
  }

  private exemplars(
    field: Field,
    cells: PushedSeries['cells'],
    row: number,
    slots: number,
    isInteger: boolean,
  ): void {
    if (this.metric?.ended) return; // they were sent with the value
    let isOpen = false;
    for (let slot = 0; slot < slots; slot++) {
      const exemplar = cells.exemplarAt(row, slot);
      if (exemplar === undefined || !isTraced(exemplar)) continue;
      if (!isOpen) this.writer.openList(field);
      isOpen = true;
      this.exemplar(field, exemplar, isInteger);
    }
    if (isOpen) this.writer.closeList();
  }

  private exemplar(field: Field, { value, timeMillis, traceId, spanId }: Exemplar, isInteger: boolean): void {
    const { writer } = this;
    const mark = writer.openItem(field);
    this.millis(EXEMPLAR.time, timeMillis);
    this.number(EXEMPLAR, value, isInteger);
    writer.hex(EXEMPLAR.spanId, spanId);
    writer.hex(EXEMPLAR.traceId, traceId);
    writer.close(mark);
  }

  /** An integer that a number does not hold exactly is none any more. */
  private number(
    { asInt, asDouble }: { asInt: Field; asDouble: Field },
    value: number,
    isInteger: boolean,
  ): void {
    if (isInteger && Number.isSafeInteger(value)) this.writer.sfixed64(asInt, value);
    else this.writer.double(asDouble, value);
  }

  private millis(field: Field, millis: number): void {
    this.writer.time(field, secondsOf(millis), nanosOf(millis));
  }
}

function secondsOf(millis: number): number {
  return Math.floor(millis / 1000);
}

/** Below 10⁹, whatever fraction of a millisecond the clock gives. */
function nanosOf(millis: number): number {
  return Math.min(999_999_999, Math.round((millis - secondsOf(millis) * 1000) * 1e6));
}

/** A span of another SDK can say anything; a collector refuses the whole message for one id that is none. */
function isTraced({ traceId, spanId }: Exemplar): boolean {
  return isValidTraceId(traceId) && isValidSpanId(spanId);
}
