import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

export type SpanKindName = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type StatusCodeName = 'unset' | 'ok' | 'error';
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/**
 * By key. Strings, booleans, arrays, nested records, `Buffer`s, and numbers; an integer beyond the safe range is a
 * bigint, an empty value is undefined.
 */
export type DecodedAttributes = Record<string, unknown>;

export interface DecodedScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: DecodedAttributes;
}

export interface DecodedEvent {
  readonly name: string;
  readonly timeNanos: bigint;
  readonly attributes: DecodedAttributes;
}

export interface DecodedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: DecodedAttributes;
}

export interface DecodedSpan {
  /** 32 and 16 lower-case hexadecimal digits, never all zero. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: SpanKindName;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: DecodedAttributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly DecodedEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly DecodedLink[];
  readonly droppedLinksCount: number;
  readonly status: { readonly code: StatusCodeName; readonly message: string };
  /** The attributes of the resource. */
  readonly resource: DecodedAttributes;
  readonly scope: DecodedScope;
}

export interface DecodedLogRecord {
  readonly timeNanos: bigint;
  readonly observedNanos: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: unknown;
  readonly attributes: DecodedAttributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly resource: DecodedAttributes;
  readonly scope: DecodedScope;
}

export interface DecodedExemplar {
  readonly value: number | undefined;
  readonly timeNanos: bigint;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly filteredAttributes: DecodedAttributes;
}

/** One shape for all kinds, so that tests need no narrowing; a field of another kind is absent. */
export interface DecodedPoint {
  readonly attributes: DecodedAttributes;
  readonly startNanos: bigint;
  readonly timeNanos: bigint;
  readonly flags: number;
  /** Empty for summaries, which have none. */
  readonly exemplars: readonly DecodedExemplar[];
  /** gauge, sum; undefined when the point says that nothing was recorded. */
  readonly value?: number | undefined;
  /** histogram, exponentialHistogram, summary */
  readonly count?: number;
  readonly sum?: number | undefined;
  /** histogram, exponentialHistogram */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** histogram: the upper bounds without +Inf, and one count (not cumulative) more than bounds. */
  readonly bounds?: readonly number[];
  readonly bucketCounts?: readonly number[];
  /** exponentialHistogram */
  readonly scale?: number;
  readonly zeroCount?: number;
  readonly zeroThreshold?: number;
  readonly positive?: DecodedExponentialBuckets;
  readonly negative?: DecodedExponentialBuckets;
  /** summary */
  readonly quantiles?: readonly { readonly quantile: number; readonly value: number }[];
}

export interface DecodedExponentialBuckets {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

export interface DecodedMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: MetricKind;
  /** Undefined for gauges and summaries, which have none. */
  readonly temporality: Temporality | undefined;
  /** Undefined for all but sums. */
  readonly monotonic: boolean | undefined;
  readonly points: readonly DecodedPoint[];
  readonly resource: DecodedAttributes;
  readonly scope: DecodedScope;
}

/** The bytes are protobuf, but what they say is against the OTLP specification. */
export class OtlpViolation extends Error {
  override readonly name = 'OtlpViolation';
}

const { root } = protobuf.parse(readFileSync(new URL('./otlp.proto', import.meta.url), 'utf8'));
const traceRequest = root.lookupType('ExportTraceServiceRequest');
const logsRequest = root.lookupType('ExportLogsServiceRequest');
const metricsRequest = root.lookupType('ExportMetricsServiceRequest');

/** @throws when the bytes are not protobuf, or break a rule of OTLP. */
export function decodeTraceRequest(body: Uint8Array): DecodedSpan[] {
  const request = toWire<{ resourceSpans: WireResourceSpans[] }>(traceRequest, body);
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const resourceAttributes = attributesOf(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ scope, spans }) => {
      const decodedScope = scopeOf(scope);
      return spans.map((span) => spanOf(span, resourceAttributes, decodedScope));
    });
  });
}

/** @throws when the bytes are not protobuf, or break a rule of OTLP. */
export function decodeMetricsRequest(body: Uint8Array): DecodedMetric[] {
  const request = toWire<{ resourceMetrics: WireResourceMetrics[] }>(metricsRequest, body);
  return request.resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
    const resourceAttributes = attributesOf(resource?.attributes ?? []);
    return scopeMetrics.flatMap(({ scope, metrics }) => {
      const decodedScope = scopeOf(scope);
      return metrics.map((metric) => metricOf(metric, resourceAttributes, decodedScope));
    });
  });
}

/** @throws when the bytes are not protobuf, or break a rule of OTLP. */
export function decodeLogsRequest(body: Uint8Array): DecodedLogRecord[] {
  const request = toWire<{ resourceLogs: WireResourceLogs[] }>(logsRequest, body);
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const resourceAttributes = attributesOf(resource?.attributes ?? []);
    return scopeLogs.flatMap(({ scope, logRecords }) => {
      const decodedScope = scopeOf(scope);
      return logRecords.map((record) => logRecordOf(record, resourceAttributes, decodedScope));
    });
  });
}

/** The body OTLP/HTTP wants of every reply: an empty (fully accepted) response, or a status with a message. */
export function encodeReply(
  path: string,
  error?: { readonly code: number; readonly message: string },
): Uint8Array {
  const type = error ? 'RpcStatus' : (RESPONSES[path] ?? 'ExportTraceServiceResponse');
  return root
    .lookupType(type)
    .encode(error ?? {})
    .finish();
}

const RESPONSES: Readonly<Record<string, string>> = {
  '/v1/metrics': 'ExportMetricsServiceResponse',
  '/v1/logs': 'ExportLogsServiceResponse',
};

// ---- the wire shapes, as protobufjs gives them: 64-bit numbers as strings, enums by name, defaults filled in

interface WireAttributes {
  attributes: WireKeyValue[];
}

interface WireKeyValue {
  key: string;
  value: WireAnyValue | null;
}

interface WireAnyValue {
  value?: keyof WireAnyValue;
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
  arrayValue?: { values: WireAnyValue[] };
  kvlistValue?: { values: WireKeyValue[] };
  bytesValue?: Uint8Array;
}

interface WireScope extends WireAttributes {
  name: string;
  version: string;
}

interface WireResourceSpans {
  resource: WireAttributes | null;
  scopeSpans: { scope: WireScope | null; spans: WireSpan[] }[];
}

interface WireSpan extends WireAttributes {
  traceId: Uint8Array;
  spanId: Uint8Array;
  traceState: string;
  parentSpanId: Uint8Array;
  flags: number;
  name: string;
  kind: string | number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  droppedAttributesCount: number;
  events: (WireAttributes & { timeUnixNano: string; name: string })[];
  droppedEventsCount: number;
  links: (WireAttributes & { traceId: Uint8Array; spanId: Uint8Array; traceState: string })[];
  droppedLinksCount: number;
  status: { message: string; code: string | number } | null;
}

interface WireResourceLogs {
  resource: WireAttributes | null;
  scopeLogs: { scope: WireScope | null; logRecords: WireLogRecord[] }[];
}

interface WireLogRecord extends WireAttributes {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  body: WireAnyValue | null;
  droppedAttributesCount: number;
  flags: number;
  traceId: Uint8Array;
  spanId: Uint8Array;
  eventName: string;
}

interface WireResourceMetrics {
  resource: WireAttributes | null;
  scopeMetrics: { scope: WireScope | null; metrics: WireMetric[] }[];
}

interface WireMetric {
  name: string;
  unit: string;
  description: string;
  data?: MetricKind;
  gauge?: { dataPoints: WireNumberPoint[] };
  sum?: { dataPoints: WireNumberPoint[]; aggregationTemporality: string | number; isMonotonic: boolean };
  histogram?: { dataPoints: WireHistogramPoint[]; aggregationTemporality: string | number };
  exponentialHistogram?: { dataPoints: WireExponentialPoint[]; aggregationTemporality: string | number };
  summary?: { dataPoints: WireSummaryPoint[] };
}

interface WireNumber {
  asDouble?: number;
  asInt?: string;
}

interface WirePoint extends WireAttributes {
  startTimeUnixNano: string;
  timeUnixNano: string;
  flags: number;
  exemplars?: WireExemplar[];
}

interface WireNumberPoint extends WirePoint, WireNumber {}

interface WireDistributionPoint extends WirePoint {
  count: string;
  sum?: number;
  min?: number;
  max?: number;
}

interface WireHistogramPoint extends WireDistributionPoint {
  bucketCounts: string[];
  explicitBounds: number[];
}

interface WireExponentialPoint extends WireDistributionPoint {
  scale: number;
  zeroCount: string;
  zeroThreshold: number;
  positive: { offset: number; bucketCounts: string[] } | null;
  negative: { offset: number; bucketCounts: string[] } | null;
}

interface WireSummaryPoint extends WirePoint {
  count: string;
  sum: number;
  quantileValues: { quantile: number; value: number }[];
}

interface WireExemplar extends WireNumber {
  timeUnixNano: string;
  traceId: Uint8Array;
  spanId: Uint8Array;
  filteredAttributes: WireKeyValue[];
}

function toWire<T>(type: protobuf.Type, body: Uint8Array): T {
  return type.toObject(type.decode(body), {
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  }) as T;
}

// ---- from wire shapes to plain ones

function spanOf(span: WireSpan, resource: DecodedAttributes, scope: DecodedScope): DecodedSpan {
  const startNanos = BigInt(span.startTimeUnixNano);
  const endNanos = BigInt(span.endTimeUnixNano);
  if (endNanos < startNanos) throw new OtlpViolation(`span "${span.name}" ends before it starts`);
  return {
    traceId: idOf(span.traceId, 16, 'trace_id'),
    spanId: idOf(span.spanId, 8, 'span_id'),
    parentSpanId: optionalIdOf(span.parentSpanId, 8, 'parent_span_id'),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: enumOf(span.kind, 'SPAN_KIND_'),
    startNanos,
    endNanos,
    attributes: attributesOf(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      name: event.name,
      timeNanos: BigInt(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      traceId: idOf(link.traceId, 16, 'link trace_id'),
      spanId: idOf(link.spanId, 8, 'link span_id'),
      traceState: link.traceState,
      attributes: attributesOf(link.attributes),
    })),
    droppedLinksCount: span.droppedLinksCount,
    status: {
      code: enumOf(span.status?.code ?? 'STATUS_CODE_UNSET', 'STATUS_CODE_'),
      message: span.status?.message ?? '',
    },
    resource,
    scope,
  };
}

function logRecordOf(
  record: WireLogRecord,
  resource: DecodedAttributes,
  scope: DecodedScope,
): DecodedLogRecord {
  const { severityNumber, severityText, eventName, droppedAttributesCount, flags } = record;
  return {
    timeNanos: BigInt(record.timeUnixNano),
    observedNanos: BigInt(record.observedTimeUnixNano),
    severityNumber,
    severityText,
    eventName,
    body: attributesOf([{ key: 'body', value: record.body }])['body'],
    attributes: attributesOf(record.attributes),
    droppedAttributesCount,
    flags,
    traceId: optionalIdOf(record.traceId, 16, 'trace_id'),
    spanId: optionalIdOf(record.spanId, 8, 'span_id'),
    resource,
    scope,
  };
}

function metricOf(metric: WireMetric, resource: DecodedAttributes, scope: DecodedScope): DecodedMetric {
  const { name, unit, description } = metric;
  if (name === '') throw new OtlpViolation('a metric has no name');
  const common = { name, unit, description, resource, scope, temporality: undefined, monotonic: undefined };
  switch (metric.data) {
    case 'gauge':
      return { ...common, kind: 'gauge', points: metric.gauge!.dataPoints.map(numberPointOf) };
    case 'sum':
      return {
        ...common,
        kind: 'sum',
        temporality: enumOf(metric.sum!.aggregationTemporality, 'AGGREGATION_TEMPORALITY_'),
        monotonic: metric.sum!.isMonotonic,
        points: metric.sum!.dataPoints.map(numberPointOf),
      };
    case 'histogram':
      return {
        ...common,
        kind: 'histogram',
        temporality: enumOf(metric.histogram!.aggregationTemporality, 'AGGREGATION_TEMPORALITY_'),
        points: metric.histogram!.dataPoints.map((point) => histogramPointOf(point, name)),
      };
    case 'exponentialHistogram':
      return {
        ...common,
        kind: 'exponentialHistogram',
        temporality: enumOf(metric.exponentialHistogram!.aggregationTemporality, 'AGGREGATION_TEMPORALITY_'),
        points: metric.exponentialHistogram!.dataPoints.map((point) => exponentialPointOf(point, name)),
      };
    case 'summary':
      return { ...common, kind: 'summary', points: metric.summary!.dataPoints.map(summaryPointOf) };
    default:
      throw new OtlpViolation(`metric "${name}" has no data`);
  }
}

function pointOf(point: WirePoint) {
  return {
    attributes: attributesOf(point.attributes),
    startNanos: BigInt(point.startTimeUnixNano ?? 0),
    timeNanos: BigInt(point.timeUnixNano),
    flags: point.flags,
    exemplars: (point.exemplars ?? []).map((exemplar) => ({
      value: numberOf(exemplar),
      timeNanos: BigInt(exemplar.timeUnixNano),
      traceId: optionalIdOf(exemplar.traceId, 16, 'exemplar trace_id'),
      spanId: optionalIdOf(exemplar.spanId, 8, 'exemplar span_id'),
      filteredAttributes: attributesOf(exemplar.filteredAttributes),
    })),
  };
}

function numberPointOf(point: WireNumberPoint): DecodedPoint {
  return { ...pointOf(point), value: numberOf(point) };
}

function histogramPointOf(point: WireHistogramPoint, metric: string): DecodedPoint {
  const bounds = point.explicitBounds;
  const bucketCounts = point.bucketCounts.map(Number);
  const count = Number(point.count);
  if (bounds.some((bound, index) => index > 0 && !(bound > bounds[index - 1]!))) {
    throw new OtlpViolation(`histogram "${metric}": its bounds do not rise: ${bounds.join(', ')}`);
  }
  // No buckets at all is allowed: then count and sum are the whole point.
  if (bucketCounts.length + bounds.length > 0) {
    if (bucketCounts.length !== bounds.length + 1) {
      throw new OtlpViolation(
        `histogram "${metric}": ${bucketCounts.length} buckets do not fit ${bounds.length} bounds`,
      );
    }
    checkTotal(metric, count, bucketCounts);
  }
  return { ...distributionOf(point), bounds, bucketCounts };
}

function exponentialPointOf(point: WireExponentialPoint, metric: string): DecodedPoint {
  const bucketsOf = (buckets: WireExponentialPoint['positive']) => ({
    offset: buckets?.offset ?? 0,
    bucketCounts: (buckets?.bucketCounts ?? []).map(Number),
  });
  const positive = bucketsOf(point.positive);
  const negative = bucketsOf(point.negative);
  const zeroCount = Number(point.zeroCount);
  checkTotal(metric, Number(point.count), [...positive.bucketCounts, ...negative.bucketCounts, zeroCount]);
  return {
    ...distributionOf(point),
    scale: point.scale,
    zeroCount,
    zeroThreshold: point.zeroThreshold,
    positive,
    negative,
  };
}

function distributionOf(point: WireDistributionPoint) {
  return {
    ...pointOf(point),
    count: Number(point.count),
    sum: point.sum,
    min: point.min,
    max: point.max,
  };
}

function summaryPointOf(point: WireSummaryPoint): DecodedPoint {
  return {
    ...pointOf(point),
    count: Number(point.count),
    sum: point.sum,
    quantiles: point.quantileValues.map(({ quantile, value }) => ({ quantile, value })),
  };
}

function checkTotal(metric: string, count: number, parts: readonly number[]): void {
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total !== count) {
    throw new OtlpViolation(`histogram "${metric}": count is ${count}, but its buckets hold ${total}`);
  }
}

function numberOf({ asDouble, asInt }: WireNumber): number | undefined {
  return asInt === undefined ? asDouble : Number(asInt);
}

function scopeOf(scope: WireScope | null): DecodedScope {
  return {
    name: scope?.name ?? '',
    version: scope?.version ?? '',
    attributes: attributesOf(scope?.attributes ?? []),
  };
}

/** `fromEntries` keeps a key such as `__proto__` as an ordinary one. */
function attributesOf(entries: readonly WireKeyValue[]): DecodedAttributes {
  const values = new Map<string, unknown>();
  for (const { key, value } of entries) {
    if (values.has(key)) throw new OtlpViolation(`attribute "${key}" comes twice`);
    values.set(key, anyValueOf(value));
  }
  return Object.fromEntries(values);
}

function anyValueOf(any: WireAnyValue | null): unknown {
  switch (any?.value) {
    case 'intValue': {
      const exact = BigInt(any.intValue!);
      return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    }
    case 'arrayValue':
      return any.arrayValue!.values.map(anyValueOf);
    case 'kvlistValue':
      return attributesOf(any.kvlistValue!.values);
    case 'bytesValue':
      return Buffer.from(any.bytesValue!);
    default:
      return any?.value === undefined ? undefined : any[any.value];
  }
}

function idOf(bytes: Uint8Array, length: number, field: string): string {
  const id = Buffer.from(bytes).toString('hex');
  if (bytes.length !== length) {
    throw new OtlpViolation(`${field} must have ${length} bytes, not ${bytes.length} ("${id}")`);
  }
  if (/^0+$/.test(id)) throw new OtlpViolation(`${field} is all zero`);
  return id;
}

function optionalIdOf(bytes: Uint8Array, length: number, field: string): string | undefined {
  return bytes.length === 0 ? undefined : idOf(bytes, length, field);
}

/** A number is left where the specification has no name for it. */
function enumOf<T extends string>(value: string | number, prefix: string): T {
  if (typeof value === 'number') throw new OtlpViolation(`${prefix}* has no value ${value}`);
  return value.slice(prefix.length).toLowerCase() as T;
}
