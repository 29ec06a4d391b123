import { validateHeaderName, validateHeaderValue } from 'node:http';
import { MAX_TIMER_MILLIS } from '../common/clock.js';
import type { OptionProblem } from '../diagnostics/errors.js';
import { type EnvironmentSettings, isHostName, MIN_EXPORT_INTERVAL } from './environment.js';
import type { ObservabilityOptions } from './options.js';

type Refusal = Pick<OptionProblem, 'code' | 'accepted'> & { readonly received?: string };
type Check = (value: unknown) => Refusal | undefined;
type Shape = { readonly [key: string]: Check | Shape };

const fail = (code: OptionProblem['code'], accepted: string) => ({ code, accepted });

const text: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : fail('type', 'a non-empty string');
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : fail('type', 'true or false'));
const callable: Check = (value) => (typeof value === 'function' ? undefined : fail('type', 'a function'));
const instance =
  (method: string, what: string): Check =>
  (value) =>
    typeof (value as Record<string, unknown> | null)?.[method] === 'function'
      ? undefined
      : fail('type', what);
const integer =
  (min: number, max: number, what: string): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : fail('range', `an integer from ${min} to ${max} (${what})`);
const millis = (min: number): Check => integer(min, MAX_TIMER_MILLIS, 'milliseconds');
const word =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : fail('range', `one of ${words.join(', ')}`);
const listOf =
  (method: string, what: string): Check =>
  (value) =>
    Array.isArray(value) && value.every((item) => !instance(method, what)(item))
      ? undefined
      : fail('type', `an array of ${what}`);

const objects: Check = (value) =>
  Array.isArray(value) && value.every(isPlainObject) ? undefined : fail('type', 'an array of objects');

const path: Check = (value) =>
  typeof value === 'string' && /^\/[!"$->@-~]*$/.test(value)
    ? undefined
    : fail('format', 'a path of ASCII with a leading slash and without query, as /metrics');
const host: Check = (value) =>
  isHostName(value) ? undefined : fail('format', 'an IP address or host name, as 127.0.0.1 or ::1');
const baseUrl: Check = (value) =>
  typeof value === 'string' &&
  /^https?:\/\/[^?#]*$/i.test(value) &&
  !/\/v1\/(traces|metrics|logs)\/*$/.test(value) &&
  URL.canParse(value)
    ? undefined
    : fail(
        'format',
        'an http or https URL without query and fragment, to which /v1/traces is appended, as http://localhost:4318',
      );
const headers: Check = (value) =>
  isPlainObject(value) && Object.entries(value).every(isHeader)
    ? undefined
    : fail('type', 'an object of strings that HTTP takes as names and values of headers');
const attributes: Check = (value) => {
  const refusal = fail('type', 'an object of strings, finite numbers and booleans, or arrays of one of them');
  if (!isPlainObject(value)) return refusal;
  const odd = Object.entries(value).find(([, attribute]) => !isAttribute(attribute));
  return odd && { ...refusal, received: `${shown(odd[1], 'resource')} as ${JSON.stringify(odd[0])}` };
};
const cap = integer(1, 10_000_000, 'values');

const SHAPE: Shape = {
  serviceName: text,
  serviceVersion: text,
  environment: text,
  resource: attributes,
  policyMode: text,
  prometheus: {
    host,
    port: integer(0, 65_535, 'TCP port; 0 takes any free one'),
    path,
    server: instance('listen', 'a node:http Server'),
    timeoutMillis: millis(1),
  },
  otlp: {
    endpoint: baseUrl,
    headers,
    compression: word('none', 'gzip'),
    timeoutMillis: millis(1),
    httpAgentOptions: (value) =>
      isPlainObject(value) || typeof value === 'function'
        ? undefined
        : fail('type', 'http.Agent options, or a function that makes an agent'),
  },
  traces: {
    maxQueueSize: integer(1, 1_000_000, 'spans'),
    maxExportBatchSize: integer(1, 1_000_000, 'spans'),
    scheduledDelayMillis: millis(0),
    spanProcessors: listOf('onEnd', 'SpanProcessor'),
    sampler: instance('shouldSample', 'a Sampler'),
  },
  metrics: {
    cardinalityLimits: { id: cap, open: cap, slug: cap, series: cap },
    otlp: flag,
    exportIntervalMillis: millis(MIN_EXPORT_INTERVAL),
    selfMetrics: flag,
    store: word('fast', 'stock'),
    readers: listOf('setMetricProducer', 'MetricReader'),
    views: objects,
    createdSamples: flag,
    exemplars: flag,
    idleExpiryMillis: millis(1),
  },
  registerGlobally: flag,
  meterProvider: instance('getMeter', 'a MeterProvider'),
  tracerProvider: instance('getTracer', 'a TracerProvider'),
  propagators: listOf('inject', 'TextMapPropagator'),
  diagnostics: word('none', 'error', 'warn', 'info', 'debug'),
  signalHandlers: flag,
  shutdownTimeoutMillis: millis(0),
  clock: callable,
};
/** Sections that may be switched off as a whole. */
const SWITCHABLE = new Set(['prometheus', 'otlp']);

/** Every option that cannot be used, in one pass. */
export function optionProblems(options: ObservabilityOptions, env: EnvironmentSettings): OptionProblem[] {
  if (!isPlainObject(options)) {
    return [{ path: 'options', received: shown(options, ''), ...fail('type', 'an object') }];
  }
  const problems = shapeProblems(options, SHAPE, '');
  if (options.serviceName === undefined && env.serviceName === undefined) {
    const accepted = 'a non-empty string here, or in OTEL_SERVICE_NAME';
    problems.unshift({ path: 'serviceName', received: 'nothing', code: 'required', accepted });
  }
  return [...problems, ...contradictions(options)];
}

/** Options that are right each, but of which one would silently do nothing. */
function contradictions({ meterProvider, prometheus, otlp, metrics }: ObservabilityOptions): OptionProblem[] {
  const clash = (path: string, received: string, accepted: string): OptionProblem => ({
    path,
    received,
    code: 'range',
    accepted,
  });
  const beside = 'beside meterProvider';
  return [
    ...(meterProvider && prometheus
      ? [clash('prometheus', beside, 'false or nothing: the host serves its own')]
      : []),
    ...(meterProvider && metrics?.otlp
      ? [clash('metrics.otlp', beside, 'false or nothing: the host pushes its own')]
      : []),
    ...(meterProvider && metrics?.readers
      ? [clash('metrics.readers', beside, 'nothing: the host gives its readers to its own')]
      : []),
    ...(metrics?.views && metrics.store !== 'stock'
      ? [clash('metrics.views', "without store: 'stock'", "store: 'stock', which alone has views")]
      : []),
    ...(metrics?.idleExpiryMillis !== undefined && metrics.store === 'stock'
      ? [
          clash(
            'metrics.idleExpiryMillis',
            "beside store: 'stock'",
            "store: 'fast', which alone lets series leave",
          ),
        ]
      : []),
    ...(otlp === false && metrics?.otlp
      ? [clash('metrics.otlp', 'true beside otlp: false', 'false, or options for otlp')]
      : []),
  ];
}

function shapeProblems(given: object, shape: Shape, prefix: string): OptionProblem[] {
  return Object.entries(given).flatMap(([key, value]): OptionProblem[] => {
    const at = prefix + key;
    const rule = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (value === undefined) return [];
    if (rule === undefined) {
      const known = Object.keys(shape).join(', ');
      return [{ path: at, received: 'an unknown option', code: 'type', accepted: `one of ${known}` }];
    }
    if (typeof rule === 'function') {
      const problem = rule(value);
      return problem ? [{ path: at, received: shown(value, at), ...problem }] : [];
    }
    if (value === false && SWITCHABLE.has(at)) return [];
    if (isPlainObject(value)) return shapeProblems(value, rule, `${at}.`);
    const accepted = SWITCHABLE.has(at) ? 'an object of options, or false' : 'an object of options';
    return [{ path: at, received: shown(value, at), code: 'type', accepted }];
  });
}

function isHeader([name, value]: [string, unknown]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
    return typeof value === 'string';
  } catch {
    return false;
  }
}

function isAttribute(value: unknown): boolean {
  if (value === undefined) return true; // left out
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.every(
    (item) =>
      typeof item === typeof items[0] &&
      (typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item)),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The value for a message: short, and never a header's. */
function shown(value: unknown, path: string): string {
  if (path === 'otlp.headers') return `${typeof value} (not shown)`;
  if (typeof value === 'string') {
    const withoutPassword = value.replace(/\/\/[^/@\s]*@/, '//***@');
    return JSON.stringify(withoutPassword.length > 60 ? `${withoutPassword.slice(0, 60)}…` : withoutPassword);
  }
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
