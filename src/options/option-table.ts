import { DEFAULT_CARDINALITY_LIMITS } from '../cardinality/cardinality-limits.js';
import {
  agentOptions,
  attributes,
  baseUrl,
  callable,
  flag,
  gaugeRules,
  having,
  headers,
  hostName,
  integer,
  listHaving,
  millis,
  objects,
  oneOf,
  section,
  sectionOrFalse,
  text,
  urlPath,
  wordsOf,
} from './checks.js';
import { endpointAuth, endpointTls, hostList, socketMode, socketPath } from './endpoint-checks.js';
import { EVENT_ROWS } from './event-rows.js';
import { SHOWN_ROWS } from './shown-rows.js';
import type { OptionPath, OptionRow, ValueAt } from './option-row.js';

/** Shortest time between two pushes, in milliseconds: each must have the time to collect and to arrive. */
const MIN_EXPORT_INTERVAL = 1000;

const asIs = (value: string): string => value;
const lowerCase = (value: string): string => value.toLowerCase();
const METRICS_EXPORTER = {
  name: 'OTEL_METRICS_EXPORTER',
  accepts: 'prometheus, otlp, none; several by comma',
  effect: 'which of the endpoint and the push are on',
};
const metricsExporters = (value: string) => wordsOf(value, ['prometheus', 'otlp', 'none']);

const cap = integer(1, 10_000_000, 'values');
const spans = integer(1, 1_000_000, 'spans');

const HOST_METRICS = {
  option: 'meterProvider',
  accepted: 'nothing: the MeterProvider of the host keeps and exports the metrics',
} as const;
const OFFICIAL = { option: 'pipeline', is: 'otel-sdk' } as const;
const NO_OTLP = { option: 'otlp', is: false } as const;
const NOTHING_OF_OURS = {
  option: 'meterProvider',
  and: 'tracerProvider',
  unless: 'otlp',
  accepted: 'nothing: the providers of the host have a resource of their own',
} as const;
const OF_A_PUSH = {
  excludes: [HOST_METRICS, { ...NO_OTLP, accepted: 'nothing, or options for otlp: no metrics are pushed' }],
  needs: [{ option: 'metrics.otlp', is: true, accepted: 'nothing, or metrics.otlp: true, which pushes' }],
} as const;
const NO_SPANS = {
  ...NO_OTLP,
  accepted: 'nothing, or options for otlp: no spans are queued for export',
} as const;
const NO_SPOOL = {
  ...OFFICIAL,
  accepted: 'nothing, or pipeline: "native", which alone keeps spans for the next start',
} as const;
const ON_SOCKET = {
  option: 'prometheus.socketPath',
  accepted: 'nothing: the endpoint listens on prometheus.socketPath alone',
} as const;

/** Every option, by its path. Validation, environment, defaults and docs/options.md follow from it. */
export const OPTIONS = {
  serviceName: { check: text, env: { name: 'OTEL_SERVICE_NAME', read: asIs } },
  serviceVersion: { check: text },
  environment: { check: text, excludes: [NOTHING_OF_OURS] },
  resource: { check: attributes, excludes: [NOTHING_OF_OURS] },
  policyMode: { check: text, default: 'unknown' },
  pipeline: {
    check: oneOf('native', 'otel-sdk'),
    default: 'native',
    formerly: 'metrics.store',
    formerWords: { fast: 'native', stock: 'otel-sdk' },
    excludes: [
      {
        option: 'meterProvider',
        and: 'tracerProvider',
        accepted: 'nothing: the providers of the host keep and send all of it',
      },
    ],
  },

  prometheus: {
    check: sectionOrFalse,
    env: { ...METRICS_EXPORTER, read: (value) => metricsExporters(value)?.includes('prometheus') },
    excludes: [{ option: 'meterProvider', accepted: 'false or nothing: the host serves its own' }],
  },
  'prometheus.host': {
    check: hostName,
    default: '127.0.0.1',
    env: { name: 'OTEL_EXPORTER_PROMETHEUS_HOST', read: asIs },
    excludes: [
      { option: 'prometheus.server', accepted: 'nothing: the server of the host has an address' },
      ON_SOCKET,
    ],
  },
  'prometheus.port': {
    check: integer(0, 65_535, 'TCP port; 0 takes any free one'),
    default: 9464,
    env: { name: 'OTEL_EXPORTER_PROMETHEUS_PORT', read: Number },
    excludes: [
      { option: 'prometheus.server', accepted: 'nothing: the server of the host has a port' },
      ON_SOCKET,
    ],
  },
  'prometheus.path': { check: urlPath, default: '/metrics' },
  'prometheus.server': {
    check: having('listen', 'a node:http Server'),
    needs: [
      {
        option: 'prometheus.unauthenticated',
        is: true,
        or: 'prometheus.auth',
        accepted:
          'it beside prometheus.auth, or beside prometheus.unauthenticated: true: the page is answered before any ' +
          "listener of the host's could refuse it",
      },
    ],
  },
  'prometheus.timeoutMillis': { check: millis(1), default: 5000 },
  'prometheus.auth': {
    check: endpointAuth,
    excludes: [
      {
        option: 'prometheus.unauthenticated',
        accepted: 'nothing, or prometheus.unauthenticated: false: it lets everybody in',
      },
    ],
  },
  'prometheus.unauthenticated': { check: flag, default: false },
  'prometheus.tls': {
    check: endpointTls,
    excludes: [
      { option: 'prometheus.server', accepted: 'nothing: the server of the host has its own TLS, or none' },
      { option: 'prometheus.socketPath', accepted: 'nothing: nobody listens in on a Unix socket' },
    ],
  },
  'prometheus.allowedHosts': { check: hostList },
  'prometheus.socketPath': {
    check: socketPath,
    excludes: [
      { option: 'prometheus.server', accepted: 'nothing: the server of the host listens where it does' },
    ],
  },
  'prometheus.socketMode': {
    check: socketMode,
    excludes: [
      { option: 'prometheus.server', accepted: 'nothing: the server of the host listens where it does' },
    ],
  },

  live: { check: flag },
  workers: { check: section, excludes: [HOST_METRICS] },
  'workers.page': { check: oneOf('aggregate', 'separate') },
  'workers.gauges': {
    check: gaugeRules,
    excludes: [
      { option: 'workers.page', is: 'separate', accepted: 'nothing: each process has a page of its own' },
    ],
  },

  otlp: {
    check: sectionOrFalse,
    excludes: [
      {
        option: 'tracerProvider',
        and: 'loggerProvider',
        unless: 'metrics.otlp',
        accepted: 'false or nothing, or metrics.otlp: true: the host exports its own spans and events',
      },
    ],
  },
  'otlp.endpoint': { check: baseUrl },
  'otlp.protocol': {
    check: oneOf('http/protobuf', 'http/json', 'grpc'),
    excludes: [
      {
        ...OFFICIAL,
        accepted: 'nothing, or pipeline: "native": the exporters of the official SDK have one each',
      },
    ],
  },
  'otlp.headers': { check: headers },
  'otlp.compression': { check: oneOf('none', 'gzip') },
  'otlp.timeoutMillis': { check: millis(1) },
  'otlp.httpAgentOptions': { check: agentOptions },

  traces: {
    check: section,
    excludes: [
      { option: 'tracerProvider', accepted: 'nothing: the TracerProvider of the host samples and exports' },
    ],
  },
  'traces.maxQueueSize': {
    check: spans,
    default: 2048,
    env: { name: 'OTEL_BSP_MAX_QUEUE_SIZE', read: Number },
    excludes: [NO_SPANS],
  },
  'traces.maxQueueBytes': {
    check: integer(65_536, 2 ** 40, 'bytes'),
    default: 16 * 1024 * 1024,
    excludes: [
      NO_SPANS,
      { ...OFFICIAL, accepted: 'nothing, or pipeline: "native", which alone bounds its queue in bytes' },
    ],
  },
  'traces.maxExportBatchSize': {
    check: spans,
    default: 512,
    env: { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', read: Number },
    excludes: [NO_SPANS],
  },
  'traces.scheduledDelayMillis': {
    check: millis(0),
    default: 5000,
    env: { name: 'OTEL_BSP_SCHEDULE_DELAY', read: Number },
    excludes: [NO_SPANS],
  },
  'traces.spoolFolder': { check: text, excludes: [NO_SPANS, NO_SPOOL] },
  'traces.maxSpoolBytes': {
    check: integer(65_536, 2 ** 40, 'bytes'),
    default: 64 * 1024 * 1024,
    excludes: [NO_SPANS, NO_SPOOL],
    needs: [{ option: 'traces.spoolFolder', accepted: 'nothing, or a folder in traces.spoolFolder' }],
  },
  'traces.spanProcessors': { check: listHaving('onEnd', 'SpanProcessor') },
  'traces.sampler': { check: having('shouldSample', 'a Sampler') },

  ...EVENT_ROWS,
  metrics: { check: section },
  'metrics.cardinalityLimits': { check: section, formerly: 'metrics.labelCaps' },
  'metrics.cardinalityLimits.id': { check: cap, default: DEFAULT_CARDINALITY_LIMITS.id },
  'metrics.cardinalityLimits.open': { check: cap, default: DEFAULT_CARDINALITY_LIMITS.open },
  'metrics.cardinalityLimits.slug': { check: cap, default: DEFAULT_CARDINALITY_LIMITS.slug },
  'metrics.cardinalityLimits.series': { check: cap, default: DEFAULT_CARDINALITY_LIMITS.series },
  'metrics.readers': { check: listHaving('setMetricProducer', 'MetricReader'), excludes: [HOST_METRICS] },
  'metrics.views': {
    check: objects,
    excludes: [HOST_METRICS],
    needs: [{ ...OFFICIAL, accepted: 'nothing, or pipeline: "otel-sdk", which alone has views' }],
  },
  'metrics.createdSamples': { check: flag, excludes: [HOST_METRICS] },
  'metrics.exemplars': {
    check: flag,
    default: true,
    env: {
      name: 'OTEL_METRICS_EXEMPLAR_FILTER',
      accepts: 'trace_based, always_off',
      read: (value) => wordsOf(value, ['trace_based', 'always_off'])?.includes('trace_based'),
    },
    excludes: [
      HOST_METRICS,
      { ...OFFICIAL, accepted: 'false or nothing, or pipeline: "native", which alone keeps exemplars' },
    ],
  },
  'metrics.idleExpiryMillis': {
    check: millis(1),
    excludes: [
      HOST_METRICS,
      { ...OFFICIAL, accepted: 'nothing, or pipeline: "native", which alone lets series leave' },
    ],
  },
  'metrics.otlp': {
    check: flag,
    default: false,
    env: { ...METRICS_EXPORTER, read: (value) => metricsExporters(value)?.includes('otlp') },
    excludes: [
      { option: 'meterProvider', accepted: 'false or nothing: the host pushes its own' },
      { ...NO_OTLP, accepted: 'false or nothing, or options for otlp' },
    ],
  },
  'metrics.exportIntervalMillis': {
    check: millis(MIN_EXPORT_INTERVAL),
    default: 60_000,
    env: { name: 'OTEL_METRIC_EXPORT_INTERVAL', read: Number },
    ...OF_A_PUSH,
  },
  'metrics.exportTimeoutMillis': {
    check: millis(1),
    default: 30_000,
    env: { name: 'OTEL_METRIC_EXPORT_TIMEOUT', read: Number },
    ...OF_A_PUSH,
  },
  'metrics.temporality': {
    check: oneOf('cumulative', 'delta', 'lowmemory'),
    default: 'cumulative',
    env: { name: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', read: lowerCase },
    excludes: [
      ...OF_A_PUSH.excludes,
      { ...OFFICIAL, accepted: 'nothing, or pipeline: "native": the official exporter reads its variable' },
    ],
    needs: OF_A_PUSH.needs,
  },
  'metrics.selfMetrics': { check: flag, default: true },

  registerGlobally: { check: flag, default: true },
  meterProvider: { check: having('getMeter', 'a MeterProvider') },
  tracerProvider: { check: having('getTracer', 'a TracerProvider') },
  propagators: {
    check: listHaving('inject', 'TextMapPropagator'),
    env: {
      name: 'OTEL_PROPAGATORS',
      accepts: 'tracecontext, baggage, none; several by comma',
      effect: 'which propagators are registered',
      read: (value) => wordsOf(value, ['tracecontext', 'baggage', 'none'])?.filter((name) => name !== 'none'),
    },
    excludes: [
      { option: 'registerGlobally', is: false, accepted: 'nothing: propagators are registered globally' },
    ],
  },
  ...SHOWN_ROWS,
  diagnostics: {
    check: oneOf('none', 'error', 'warn', 'info', 'debug'),
    default: 'warn',
    env: { name: 'OTEL_LOG_LEVEL', read: lowerCase },
  },
  signalHandlers: { check: flag, default: true },
  shutdownTimeoutMillis: { check: millis(0), default: 5000 },
  clock: { check: callable },
} as const satisfies { readonly [P in OptionPath]: OptionRow<ValueAt<P>> };

/** Each path with its row. */
export const OPTION_ROWS = Object.entries(OPTIONS) as readonly (readonly [OptionPath, OptionRow])[];

/** The path of the section that an option stands in; empty at the top. */
export function sectionOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** The name of an option in its section. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Whether options stand in it. */
export function isSection(path: OptionPath): boolean {
  const { check } = OPTIONS[path];
  return check === section || check === sectionOrFalse;
}
