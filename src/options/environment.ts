import { isIP } from 'node:net';
import { MAX_TIMER_MILLIS } from '../common/clock.js';
import type { ObservabilityOptions } from './options.js';

/** Shortest time between two pushes, in milliseconds: each must have the time to collect and to arrive. */
export const MIN_EXPORT_INTERVAL = 1000;

/** One environment variable that has an effect. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly accepts: string;
  readonly effect: string;
  /** Who reads it: this package, or the OpenTelemetry package it is handed on to. */
  readonly readBy: 'agent-os-observability' | 'OTLP exporter' | 'trace SDK' | 'resource detector';
}

/** All of them; docs/environment.md is generated from this table. Explicit options win over the environment. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  us('OTEL_SDK_DISABLED', 'true, false', 'true: everything is a no-op and no SDK module is loaded'),
  us('OTEL_SERVICE_NAME', 'text', '`serviceName`'),
  us('OTEL_LOG_LEVEL', 'none, error, warn, info, debug', '`diagnostics`'),
  us(
    'OTEL_METRICS_EXPORTER',
    'prometheus, otlp, none; several by comma',
    'which of the endpoint and the push are on',
  ),
  us('OTEL_TRACES_EXPORTER', 'otlp, none', 'none: no spans are exported by OTLP'),
  us('OTEL_PROPAGATORS', 'tracecontext, baggage, none; several by comma', 'which propagators are registered'),
  us('OTEL_EXPORTER_PROMETHEUS_HOST', 'host name or address', '`prometheus.host`'),
  us('OTEL_EXPORTER_PROMETHEUS_PORT', 'integer, 0 to 65535', '`prometheus.port`'),
  us('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf', 'any other protocol is warned about and not used'),
  us('OTEL_BSP_MAX_QUEUE_SIZE', 'integer, from 1', '`traces.maxQueueSize`'),
  us('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'integer, from 1', '`traces.maxExportBatchSize`'),
  us('OTEL_BSP_SCHEDULE_DELAY', 'milliseconds, from 0', '`traces.scheduledDelayMillis`'),
  us(
    'OTEL_METRIC_EXPORT_INTERVAL',
    `milliseconds, from ${MIN_EXPORT_INTERVAL}`,
    '`metrics.exportIntervalMillis`',
  ),
  us('OTEL_METRICS_EXEMPLAR_FILTER', 'trace_based, always_off', '`metrics.exemplars`'),
  on(
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    'cumulative, delta, lowmemory',
    'how pushed metrics are counted',
    'OTLP exporter',
  ),
  on('OTEL_RESOURCE_ATTRIBUTES', 'key=value, several by comma', 'resource attributes', 'resource detector'),
  on('OTEL_EXPORTER_OTLP_ENDPOINT', 'URL', '`otlp.endpoint`', 'OTLP exporter'),
  on('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'URL', 'where spans go, whole', 'OTLP exporter'),
  on('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'URL', 'where pushed metrics go, whole', 'OTLP exporter'),
  on('OTEL_EXPORTER_OTLP_HEADERS', 'key=value, several by comma', '`otlp.headers`', 'OTLP exporter'),
  on('OTEL_EXPORTER_OTLP_COMPRESSION', 'none, gzip', '`otlp.compression`', 'OTLP exporter'),
  on('OTEL_EXPORTER_OTLP_TIMEOUT', 'milliseconds, from 1', '`otlp.timeoutMillis`', 'OTLP exporter'),
  on(
    'OTEL_EXPORTER_OTLP_CERTIFICATE',
    'path of a PEM file',
    'certificate authority of the endpoint',
    'OTLP exporter',
  ),
  on('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'path of a PEM file', 'client certificate', 'OTLP exporter'),
  on('OTEL_EXPORTER_OTLP_CLIENT_KEY', 'path of a PEM file', 'key of the client certificate', 'OTLP exporter'),
  on('OTEL_TRACES_SAMPLER', 'a standard sampler name', '`traces.sampler`', 'trace SDK'),
  on('OTEL_TRACES_SAMPLER_ARG', 'number from 0 to 1', 'share of a ratio sampler', 'trace SDK'),
  on('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'integer', 'attributes of a span', 'trace SDK'),
  on('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'integer', 'length of a span attribute', 'trace SDK'),
  on('OTEL_SPAN_EVENT_COUNT_LIMIT', 'integer', 'events of a span', 'trace SDK'),
];

function us(name: string, accepts: string, effect: string): EnvironmentVariable {
  return { name, accepts, effect, readBy: 'agent-os-observability' };
}
function on(
  name: string,
  accepts: string,
  effect: string,
  readBy: EnvironmentVariable['readBy'],
): EnvironmentVariable {
  return { name, accepts, effect, readBy };
}

/** What the environment says, in the shape of options. */
export interface EnvironmentSettings {
  serviceName?: string;
  diagnostics?: NonNullable<ObservabilityOptions['diagnostics']>;
  prometheusEnabled?: boolean;
  prometheusHost?: string;
  prometheusPort?: number;
  pushMetrics?: boolean;
  exportTraces?: boolean;
  propagators?: readonly ('tracecontext' | 'baggage')[];
  maxQueueSize?: number;
  maxExportBatchSize?: number;
  scheduledDelayMillis?: number;
  exportIntervalMillis?: number;
  exemplars?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function isDisabled(env: Environment): boolean {
  return env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}

/** Reads the variables that this package handles itself. A bad one is told to `warn` once; its default stays. */
export function readEnvironment(
  env: Environment,
  warn: (name: string, message: string) => void,
): EnvironmentSettings {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const bad = (name: string, value: string): undefined => {
    const accepts = ENVIRONMENT.find((variable) => variable.name === name)?.accepts;
    warn(name, `${name}=${JSON.stringify(value)} is not used; accepted is ${accepts}.`);
    return undefined;
  };
  const integer = (name: string, min: number, max: number): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    return Number.isInteger(number) && number >= min && number <= max ? number : bad(name, value);
  };
  const list = <V extends string>(name: string, allowed: readonly V[]): readonly V[] | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const words = value.split(',').map((word) => word.trim().toLowerCase());
    return words.every((word): word is V => allowed.includes(word as V)) ? words : bad(name, value);
  };

  const protocol = text('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol !== undefined && protocol !== 'http/protobuf') bad('OTEL_EXPORTER_OTLP_PROTOCOL', protocol);
  const host = text('OTEL_EXPORTER_PROMETHEUS_HOST');
  const levels = ['none', 'error', 'warn', 'info', 'debug'] as const;
  const metricsExporters = list('OTEL_METRICS_EXPORTER', ['prometheus', 'otlp', 'none'] as const);
  const tracesExporters = list('OTEL_TRACES_EXPORTER', ['otlp', 'none'] as const);
  const exemplars = list('OTEL_METRICS_EXEMPLAR_FILTER', ['trace_based', 'always_off'] as const);
  const propagators = list('OTEL_PROPAGATORS', ['tracecontext', 'baggage', 'none'] as const);

  return defined({
    serviceName: text('OTEL_SERVICE_NAME'),
    diagnostics: list('OTEL_LOG_LEVEL', levels)?.[0],
    prometheusEnabled: metricsExporters && metricsExporters.includes('prometheus'),
    pushMetrics: metricsExporters && metricsExporters.includes('otlp'),
    exportTraces: tracesExporters && !tracesExporters.includes('none'),
    propagators: propagators && propagators.filter((name) => name !== 'none'),
    prometheusHost: isHostName(host) ? host : host && bad('OTEL_EXPORTER_PROMETHEUS_HOST', host),
    prometheusPort: integer('OTEL_EXPORTER_PROMETHEUS_PORT', 0, 65_535),
    maxQueueSize: integer('OTEL_BSP_MAX_QUEUE_SIZE', 1, Number.MAX_SAFE_INTEGER),
    maxExportBatchSize: integer('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 1, Number.MAX_SAFE_INTEGER),
    scheduledDelayMillis: integer('OTEL_BSP_SCHEDULE_DELAY', 0, MAX_TIMER_MILLIS),
    exportIntervalMillis: integer('OTEL_METRIC_EXPORT_INTERVAL', MIN_EXPORT_INTERVAL, MAX_TIMER_MILLIS),
    exemplars: exemplars && exemplars.includes('trace_based'),
  });
}

function defined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as never;
}

/** Whether something can be bound as an address, IPv6 with or without brackets, or by a name. */
export function isHostName(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return isIP(value.replace(/^\[|\]$/g, '')) > 0 || /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(value);
}
