import { parseResourceAttributes } from '../common/resource-attributes.js';
import { wordsOf } from './checks.js';
import type { OptionPath, OptionVariable } from './option-row.js';
import { OPTION_ROWS, OPTIONS } from './option-table.js';

/** One environment variable that has an effect. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly accepts: string;
  readonly effect: string;
}

/** A variable of ours that stands in for no option. */
interface OwnVariable extends Required<OptionVariable> {
  readonly name:
    'OTEL_SDK_DISABLED' | 'OTEL_TRACES_EXPORTER' | 'OTEL_LOGS_EXPORTER' | 'OTEL_RESOURCE_ATTRIBUTES';
}

const OWN_VARIABLES: readonly OwnVariable[] = [
  {
    name: 'OTEL_SDK_DISABLED',
    accepts: 'true, false',
    effect: 'true: everything is a no-op and no SDK module is loaded',
    read: (value) => (/^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined), // the specification: all else is false, and said
  },
  {
    name: 'OTEL_TRACES_EXPORTER',
    accepts: 'otlp, none',
    effect: 'none: no spans are exported by OTLP',
    read: (value) => wordsOf(value, ['otlp', 'none']),
  },
  {
    name: 'OTEL_LOGS_EXPORTER',
    accepts: 'otlp, none',
    effect:
      'none: no events are exported by OTLP; otlp: they are, also where spans go to the TracerProvider of the host',
    read: (value) => wordsOf(value, ['otlp', 'none']),
  },
  {
    name: 'OTEL_RESOURCE_ATTRIBUTES',
    accepts: 'key=value, several by comma, percent-encoded, up to 255 characters each',
    effect: 'resource attributes; what `resource` names wins',
    read: parseResourceAttributes,
  },
];

/** What the pipeline reads where a target of OTLP is made; each stands for all signals, and with its name for one. */
const OTLP_SETTINGS: readonly (readonly [setting: string, accepts: string, effect: string])[] = [
  ['ENDPOINT', 'http or https URL', '`otlp.endpoint`'],
  ['PROTOCOL', 'http/protobuf, http/json, grpc', 'how requests are written and sent'],
  ['HEADERS', 'key=value, several by comma, encoded as in a URL', '`otlp.headers`'],
  ['COMPRESSION', 'none, gzip', '`otlp.compression`'],
  ['TIMEOUT', 'milliseconds, from 1', '`otlp.timeoutMillis`'],
  ['CERTIFICATE', 'path of a PEM file', 'certificate authority of the endpoint; read again when it changes'],
  ['CLIENT_CERTIFICATE', 'path of a PEM file', 'client certificate; read again when it changes'],
  ['CLIENT_KEY', 'path of a PEM file', 'key of the client certificate; read again when it changes'],
];

const OTLP_ITEMS: Readonly<Record<string, string>> = {
  TRACES: 'spans',
  METRICS: 'pushed metrics',
  LOGS: 'events',
};

function otlpVariables(): EnvironmentVariable[] {
  return ['', 'TRACES', 'METRICS', 'LOGS'].flatMap((signal) =>
    OTLP_SETTINGS.map(([setting, accepts, effect]) => {
      const name = ['OTEL', 'EXPORTER', 'OTLP', signal, setting].filter(Boolean).join('_');
      const whole = setting === 'ENDPOINT' ? ', used whole' : '';
      const own = signal && `the same for ${OTLP_ITEMS[signal]} alone${whole}`;
      return on(name, accepts, own || effect);
    }),
  );
}

const PROXY_VARIABLES: readonly EnvironmentVariable[] = [
  on('HTTPS_PROXY', 'URL of a proxy', 'proxy before an endpoint of https; not for this machine'),
  on('HTTP_PROXY', 'URL of a proxy', 'proxy before an endpoint of http; not for this machine'),
  on('NO_PROXY', 'hosts, domains, networks, or *; several by comma', 'what is reached without a proxy'),
];

/** What the pipeline reads where spans and log records are recorded. */
const RECORD_VARIABLES: readonly EnvironmentVariable[] = [
  on(
    'OTEL_TRACES_SAMPLER',
    'always_on, always_off, traceidratio, or one with parentbased_ before it',
    '`traces.sampler`',
  ),
  on('OTEL_TRACES_SAMPLER_ARG', 'number from 0 to 1', 'share of a ratio sampler'),
  on('OTEL_ATTRIBUTE_COUNT_LIMIT', 'integer', 'attributes of a span, an event, a link or a log record; 128'),
  on('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'integer, from 1', 'longest text of an attribute; 4096'),
  on('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'integer', 'the same for attributes of spans alone'),
  on('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'integer, from 1', 'the same for spans alone'),
  on('OTEL_SPAN_EVENT_COUNT_LIMIT', 'integer', 'events of a span; 128'),
  on('OTEL_SPAN_LINK_COUNT_LIMIT', 'integer', 'links of a span; 128'),
  on('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'integer', 'attributes of one event'),
  on('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'integer', 'attributes of one link'),
  on('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'integer', 'attributes of one log record'),
  on(
    'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    'integer, from 1',
    'longest text in an attribute of a log record',
  ),
];

function on(name: string, accepts: string, effect: string): EnvironmentVariable {
  return { name, accepts, effect };
}

/** All of them; docs/environment.md is generated from this table. Explicit options win over the environment. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  on(
    'OTEL_CONFIG_FILE',
    "path of a file in OpenTelemetry's configuration format 1.0 or 1.1; the package yaml reads it",
    'takes the place of all other variables that begin with OTEL_; what it asks for and cannot have stops the start',
  ),
  ...ours(),
  ...otlpVariables(),
  ...PROXY_VARIABLES,
  ...RECORD_VARIABLES,
];

function ours(): EnvironmentVariable[] {
  const byName = new Map<string, EnvironmentVariable>();
  for (const { name, accepts, effect } of OWN_VARIABLES) byName.set(name, { name, accepts, effect });
  for (const [path, { check, env }] of OPTION_ROWS) {
    if (env === undefined) continue;
    const { name, accepts = check.accepts, effect = `\`${path}\`` } = env;
    byName.set(name, { name, accepts, effect }); // one may stand in for several options
  }
  return [...byName.values()];
}

/** What the environment says: of options by their path, and of variables that stand in for none by their name. */
export type EnvironmentSettings = ReadonlyMap<OptionPath | OwnVariable['name'], unknown>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the variables that this package handles itself. A bad one is told to `warn` once; its default stays. */
export function readEnvironment(
  env: Environment,
  warn: (name: string, message: string, accepts: string | undefined) => void,
): EnvironmentSettings {
  const settings = new Map<OptionPath | OwnVariable['name'], unknown>();
  const refused = new Set<string>();
  const read = (key: OptionPath | OwnVariable['name'], variable: OptionVariable): void => {
    const { name } = variable;
    const given = env[name]?.trim();
    if (!given) return;
    const value = variable.read(given);
    const check = key in OPTIONS ? OPTIONS[key as OptionPath].check : undefined;
    const usable = variable.accepts === undefined ? check?.test(value) : value !== undefined;
    if (usable) settings.set(key, value);
    else if (!refused.has(name)) {
      refused.add(name);
      const accepts = variable.accepts ?? check?.accepts;
      warn(name, `${name}=${JSON.stringify(given)} is not used; accepted is ${accepts}.`, accepts);
    }
  };
  for (const variable of OWN_VARIABLES) read(variable.name, variable);
  for (const [path, { env: variable }] of OPTION_ROWS) if (variable) read(path, variable);
  return settings;
}
