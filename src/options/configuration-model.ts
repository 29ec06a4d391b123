import type { OptionProblem } from '../diagnostics/errors.js';
import { isPlainObject } from './checks.js';

/** What a file asks for, as the variables of the specification, each with the path of what it stands for. */
export interface FileVariables {
  readonly variables: Readonly<Record<string, string>>;
  readonly paths: ReadonlyMap<string, string>;
  readonly problems: readonly OptionProblem[];
}

/** Takes one part of the file. */
type Part = (value: unknown, at: string, found: Found) => void;

class Found implements FileVariables {
  readonly variables: Record<string, string> = {};
  readonly paths = new Map<string, string>();
  readonly problems: OptionProblem[] = [];

  set(name: string, value: string, at: string): void {
    this.variables[name] = value;
    this.paths.set(name, at);
  }

  refuse(at: string, received: string, accepted: string, code: OptionProblem['code'] = 'type'): void {
    this.problems.push({ path: at, received, code, accepted });
  }
}

/** The parts of a file that this package has, by the names of OpenTelemetry's configuration format 1.0 and 1.1. */
export function variablesOf(model: unknown): FileVariables {
  const found = new Found();
  if (!isPlainObject(model)) {
    found.refuse('(all of it)', kindOf(model), 'a mapping with file_format');
    return found;
  }
  // A signal that is not there is not sent.
  for (const [part, name] of SIGNALS) if (model[part] == null) found.set(name, 'none', part);
  if (model['file_format'] == null) found.refuse('file_format', 'nothing', '"1.0" or "1.1"', 'required');
  FILE(model, '', found);
  return found;
}

const SIGNALS = [
  ['tracer_provider', 'OTEL_TRACES_EXPORTER'],
  ['meter_provider', 'OTEL_METRICS_EXPORTER'],
  ['logger_provider', 'OTEL_LOGS_EXPORTER'],
] as const;

/** A mapping with these members and no others. */
function members(parts: Readonly<Record<string, Part>>): Part {
  return (value, at, found) => {
    if (value == null) return;
    if (!isPlainObject(value)) return found.refuse(at, kindOf(value), 'a mapping');
    for (const [name, inner] of Object.entries(value)) {
      const path = at === '' ? name : `${at}.${name}`;
      const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
      if (part === undefined)
        found.refuse(path, 'a part that this package has not', `one of ${Object.keys(parts).join(', ')}`);
      else part(inner, path, found);
    }
  };
}

/** A mapping with one of these members, which may have no value. */
function oneOf(parts: Readonly<Record<string, Part>>): Part {
  return (value, at, found) => {
    const names = isPlainObject(value) ? Object.keys(value) : [];
    if (names.length === 1) return members(parts)(value, at, found);
    found.refuse(
      at,
      names.length === 0 ? kindOf(value) : names.join(' and '),
      `one of ${Object.keys(parts).join(', ')}`,
    );
  };
}

function variable(name: string, test: (value: unknown) => boolean, accepted: string): Part {
  return (value, at, found) => {
    if (value == null) return;
    if (test(value)) found.set(name, String(value), at);
    else found.refuse(at, kindOf(value), accepted);
  };
}

const whole = (name: string, least = 0): Part =>
  variable(
    name,
    (value) => Number.isInteger(value) && (value as number) >= least,
    `an integer from ${least}`,
  );
const text = (name: string): Part => variable(name, (value) => typeof value === 'string', 'a string');
const word =
  (name: string, ...words: string[]): Part =>
  (value, at, found) => {
    if (value == null) return;
    if (words.includes(value as string)) found.set(name, value as string, at);
    else found.refuse(at, JSON.stringify(value).slice(0, 60), words.join(' or '), 'range');
  };
/** Of a part that we have not, what asks for nothing is the default. */
const only =
  (usual: unknown): Part =>
  (value, at, found) => {
    if (value == null || value === usual) return;
    found.refuse(at, kindOf(value), `nothing, or ${JSON.stringify(usual)}, which is how it is here`, 'range');
  };
const nothing: Part = () => {};

function list(each: Part, most = Infinity, accepted = ''): Part {
  return (value, at, found) => {
    if (value == null) return;
    if (!Array.isArray(value)) return found.refuse(at, kindOf(value), 'a list');
    if (value.length > most) found.refuse(at, `${value.length} of them`, accepted, 'range');
    else value.forEach((item, index) => each(item, `${at}[${index}]`, found));
  };
}

function inOrder(...parts: Part[]): Part {
  return (value, at, found) => {
    for (const part of parts) part(value, at, found);
  };
}

/** Name and value of each as a list of pairs, encoded as in a URL. */
function pairs(name: string, unsaid: string): Part {
  return (value, at, found) => {
    const said = found.variables[name];
    const written: string[] = said === undefined ? [] : [said];
    const pair: Part = (item, path) => {
      const { name: key, value: of, type } = isPlainObject(item) ? item : {};
      if (typeof key !== 'string' || key === '' || typeof of !== 'string' || (type ?? 'string') !== 'string')
        found.refuse(path, unsaid, 'a name, and a value that is a string');
      else if (key === 'service.name' && name === RESOURCE) found.set('OTEL_SERVICE_NAME', of, path);
      else written.push(`${encodeURIComponent(key)}=${encodeURIComponent(of)}`);
    };
    list(pair)(value, at, found);
    // What is named by itself goes before the same in a list as text: of two, the last counts.
    if (written.length > 0) found.set(name, written.join(','), at);
  };
}

const RESOURCE = 'OTEL_RESOURCE_ATTRIBUTES';

/** Lists as text first, so that what is named by itself can win. */
function textFirst(parts: Readonly<Record<string, Part>>, first: string): Part {
  const take = members(parts);
  return (value, at, found) => {
    if (!isPlainObject(value)) return take(value, at, found);
    const { [first]: list, ...others } = value;
    take(list === undefined ? others : { [first]: list, ...others }, at, found);
  };
}

function exporter(signal: 'TRACES' | 'METRICS' | 'LOGS', more: Readonly<Record<string, Part>> = {}): Part {
  const name = (setting: string): string => ['OTEL', 'EXPORTER', 'OTLP', signal, setting].join('_');
  const protocol =
    (of: string): Part =>
    (_, at, found) =>
      found.set(name('PROTOCOL'), of, at);
  const encoding: Part = (value, at, found) => {
    if (value === 'json') found.set(name('PROTOCOL'), 'http/json', at);
    else only('protobuf')(value, at, found);
  };
  const tls = {
    ca_file: text(name('CERTIFICATE')),
    cert_file: text(name('CLIENT_CERTIFICATE')),
    key_file: text(name('CLIENT_KEY')),
  };
  const common = {
    endpoint: text(name('ENDPOINT')),
    headers_list: text(name('HEADERS')),
    headers: pairs(name('HEADERS'), 'a header that cannot be read (not shown)'),
    compression: word(name('COMPRESSION'), 'gzip', 'none'),
    timeout: whole(name('TIMEOUT'), 1),
    ...more,
  };
  const first = 'headers_list';
  return oneOf({
    otlp_http: inOrder(
      protocol('http/protobuf'),
      textFirst({ ...common, tls: members(tls), encoding }, first),
    ),
    otlp_grpc: inOrder(
      protocol('grpc'),
      textFirst({ ...common, tls: members({ ...tls, insecure: only(false) }) }, first),
    ),
  });
}

/** One batch processor, or none: then nothing of the signal is sent. */
function processors(batch: string, signal: 'TRACES' | 'LOGS'): Part {
  const one = oneOf({
    batch: members({
      schedule_delay: whole(`OTEL_${batch}_SCHEDULE_DELAY`),
      max_queue_size: whole(`OTEL_${batch}_MAX_QUEUE_SIZE`, 1),
      max_export_batch_size: whole(`OTEL_${batch}_MAX_EXPORT_BATCH_SIZE`, 1),
      export_timeout: only(30_000),
      exporter: exporter(signal),
    }),
  });
  return (value, at, found) => {
    const none = Array.isArray(value) && value.length === 0;
    found.set(`OTEL_${signal}_EXPORTER`, none ? 'none' : 'otlp', at);
    list(one, 1, 'one batch processor')(value, at, found);
  };
}

const ROOTS: Readonly<Record<string, Part>> = {
  always_on: sampler('always_on'),
  always_off: sampler('always_off'),
  trace_id_ratio_based: inOrder(
    sampler('traceidratio'),
    members({
      ratio: variable(
        'OTEL_TRACES_SAMPLER_ARG',
        (value) => typeof value === 'number' && value >= 0 && value <= 1,
        'a number from 0 to 1',
      ),
    }),
  ),
};

function sampler(name: string): Part {
  return (_, at, found) => {
    const before = found.variables['OTEL_TRACES_SAMPLER'] === 'parentbased' ? 'parentbased_' : '';
    found.set('OTEL_TRACES_SAMPLER', `${before}${name}`, at);
  };
}

const usualChild =
  (name: string): Part =>
  (value, at, found) => {
    if (value == null || (isPlainObject(value) && Object.keys(value).join() === name)) return;
    found.refuse(at, kindOf(value), `nothing, or ${name}, which is how it is here`, 'range');
  };

const PARENT_BASED: Part = (value, at, found) => {
  found.set('OTEL_TRACES_SAMPLER', 'parentbased', at);
  const root = isPlainObject(value) ? value['root'] : undefined;
  members({
    root: nothing,
    remote_parent_sampled: usualChild('always_on'),
    remote_parent_not_sampled: usualChild('always_off'),
    local_parent_sampled: usualChild('always_on'),
    local_parent_not_sampled: usualChild('always_off'),
  })(value, at, found);
  if (root == null) sampler('always_on')(undefined, at, found);
  else oneOf(ROOTS)(root, `${at}.root`, found);
};

const READER = oneOf({
  periodic: members({
    interval: whole('OTEL_METRIC_EXPORT_INTERVAL', 1),
    timeout: whole('OTEL_METRIC_EXPORT_TIMEOUT', 1),
    exporter: exporter('METRICS', {
      temporality_preference: word(
        'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
        'cumulative',
        'delta',
        'low_memory',
      ),
      default_histogram_aggregation: only('explicit_bucket_histogram'),
    }),
  }),
  pull: members({
    exporter: oneOf({
      'prometheus/development': members({
        host: text('OTEL_EXPORTER_PROMETHEUS_HOST'),
        port: whole('OTEL_EXPORTER_PROMETHEUS_PORT'),
      }),
    }),
  }),
});

const READERS: Part = (value, at, found) => {
  const kinds = Array.isArray(value)
    ? value.flatMap((one) => (isPlainObject(one) ? Object.keys(one) : []))
    : [];
  if (new Set(kinds).size < kinds.length)
    return found.refuse(at, kinds.join(', '), 'one periodic and one pull at most', 'range');
  const names = kinds.map((kind) => (kind === 'pull' ? 'prometheus' : 'otlp'));
  found.set('OTEL_METRICS_EXPORTER', names.join(',') || 'none', at);
  list(READER)(value, at, found);
};

const COMPOSITE: Part = (value, at, found) => {
  const names: string[] = [];
  const named =
    (name: string): Part =>
    () =>
      void names.push(name);
  list(oneOf({ tracecontext: named('tracecontext'), baggage: named('baggage') }))(value, at, found);
  if (names.length > 0) found.set('OTEL_PROPAGATORS', names.join(','), at);
};

const LIMITS = (signal: '' | 'SPAN_' | 'LOGRECORD_', more: Readonly<Record<string, Part>> = {}): Part =>
  members({
    attribute_value_length_limit: whole(`OTEL_${signal}ATTRIBUTE_VALUE_LENGTH_LIMIT`, 1),
    attribute_value_depth_limit: only(64),
    attribute_count_limit: whole(`OTEL_${signal}ATTRIBUTE_COUNT_LIMIT`),
    ...more,
  });

const FILE = members({
  file_format: (value, at, found) => {
    if (!/^1\.[01]$/.test(String(value)))
      found.refuse(at, String(value).slice(0, 40), '"1.0" or "1.1"', 'range');
  },
  disabled: variable('OTEL_SDK_DISABLED', (value) => typeof value === 'boolean', 'true or false'),
  log_level: (value, at, found) => {
    const [, level] = /^(debug|info|warn|error)[2-4]?$/.exec(String(value)) ?? [];
    if (level !== undefined) found.set('OTEL_LOG_LEVEL', level, at);
    else if (value != null)
      found.refuse(at, JSON.stringify(value).slice(0, 60), 'debug, info, warn or error');
  },
  resource: textFirst(
    { attributes_list: text(RESOURCE), attributes: pairs(RESOURCE, 'an attribute that cannot be read') },
    'attributes_list',
  ),
  attribute_limits: LIMITS(''),
  propagator: members({ composite: COMPOSITE, composite_list: text('OTEL_PROPAGATORS') }),
  tracer_provider: members({
    processors: processors('BSP', 'TRACES'),
    limits: LIMITS('SPAN_', {
      event_count_limit: whole('OTEL_SPAN_EVENT_COUNT_LIMIT'),
      link_count_limit: whole('OTEL_SPAN_LINK_COUNT_LIMIT'),
      event_attribute_count_limit: whole('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'),
      link_attribute_count_limit: whole('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
    }),
    sampler: oneOf({ ...ROOTS, parent_based: PARENT_BASED }),
  }),
  meter_provider: members({ readers: READERS, exemplar_filter: only('trace_based') }),
  logger_provider: members({ processors: processors('BLRP', 'LOGS'), limits: LIMITS('LOGRECORD_') }),
});

/** A value without what may be a secret. */
function kindOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value == null) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a mapping' : 'a string (not shown)';
}
