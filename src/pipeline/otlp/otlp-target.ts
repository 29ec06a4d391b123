import type { AgentOptions } from 'node:http';
import type { AgentOptions as TlsAgentOptions } from 'node:https';
import { MAX_TIMER_MILLIS } from '../../common/clock.js';
import type { HttpAgentOptions } from '../../common/host-types.js';
import { RereadFile, whyUnreadable } from '../../common/reread-file.js';
import { basicAuthorization, checkedEndpoint, standardEndpoint } from './endpoint.js';
import { mergedHeaders, parsedHeaders } from './otlp-headers.js';
import { proxyFor } from './proxy.js';

export type OtlpSignal = 'traces' | 'metrics' | 'logs';
export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc';

/** Where one signal goes; all of it resolved and checked. */
export interface OtlpTarget {
  readonly signal: OtlpSignal;
  readonly protocol: OtlpProtocol;
  /** HTTP: with the path of the signal. gRPC: the origin. Without credentials. */
  readonly url: URL;
  /** For messages: scheme, host, port and path; never credentials or query. */
  readonly shown: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'none' | 'gzip';
  /** Longest time of one export with its retries. */
  readonly timeoutMillis: number;
  /** Paths of files in PEM. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly agentOptions: HttpAgentOptions | undefined;
  /** The proxy of the environment that stands before `url`. */
  readonly proxy?: URL;
}

/** What a host sets; it wins over the environment. */
export interface OtlpSettings {
  readonly endpoint?: string | undefined;
  readonly protocol?: OtlpProtocol | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly compression?: 'none' | 'gzip' | undefined;
  readonly timeoutMillis?: number | undefined;
  readonly httpAgentOptions?: HttpAgentOptions | undefined;
}

/** Told of what cannot be used: the variable or option, and a line that says the fix and holds no secret. */
export type Warn = (name: string, message: string) => void;

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_TIMEOUT_MILLIS = 10_000;
const PROTOCOLS: readonly string[] = ['http/protobuf', 'http/json', 'grpc'] satisfies OtlpProtocol[];

/**
 * Where a signal goes, as options and environment say. What cannot be used is told to `warn`, in the same words for each
 * signal that it concerns. Without a usable endpoint there is no target: headers with credentials must not go to a default.
 *
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function otlpTarget(
  signal: OtlpSignal,
  options: OtlpSettings | undefined,
  env: Environment,
  warn: Warn,
): OtlpTarget | undefined {
  const variables = new SignalVariables(signal, env);
  const protocol = options?.protocol ?? protocolOf(variables, warn);
  const given = options?.endpoint
    ? { name: 'otlp.endpoint', text: options.endpoint, whole: false }
    : variables.get('ENDPOINT');
  const url = given ? checkedEndpoint(given, signal, protocol, warn) : standardEndpoint(signal, protocol);
  if (url === undefined) return undefined;

  const authorization = basicAuthorization(url);
  url.username = url.password = '';
  const tls = tlsOf(variables, warn);
  const proxy = proxyFor(url, proxyVariables(options?.httpAgentOptions) ?? env, warn);
  return {
    signal,
    protocol,
    url,
    shown: `${url.protocol}//${url.host}${protocol === 'grpc' ? '' : url.pathname}`,
    headers: mergedHeaders(
      authorization === undefined ? {} : { authorization },
      ...variables.all('HEADERS').map(({ name, text }) => parsedHeaders(name, text, warn)),
      options?.headers ?? {},
    ),
    compression: options?.compression ?? compressionOf(variables, warn),
    timeoutMillis: options?.timeoutMillis ?? timeoutOf(variables, warn),
    tls: url.protocol === 'https:' ? tls : {}, // else no export waits for files that it has no use for
    agentOptions: agentOptionsOf(options?.httpAgentOptions, protocol, warn),
    ...(proxy && { proxy }),
  };
}

/** A variable that is set. */
export interface GivenVariable {
  readonly name: string;
  readonly text: string;
  /** Whether it is the variable of one signal. */
  readonly whole: boolean;
}

/** The variables of OTLP that concern a signal: its own, and those of all signals. */
class SignalVariables {
  constructor(
    private readonly signal: OtlpSignal,
    private readonly env: Environment,
  ) {}

  /** The one of the signal, or else of all signals. */
  get(setting: string): GivenVariable | undefined {
    return this.all(setting).at(-1);
  }

  /** Those that are set, the more specific one last. */
  all(setting: string): GivenVariable[] {
    return [[], [this.signal.toUpperCase()]].flatMap((signal) => {
      const name = ['OTEL', 'EXPORTER', 'OTLP', ...signal, setting].join('_');
      const text = this.env[name]?.trim();
      return text ? [{ name, text, whole: signal.length > 0 }] : []; // empty is as good as unset, says the specification
    });
  }
}

function protocolOf(variables: SignalVariables, warn: Warn): OtlpProtocol {
  return word(variables.get('PROTOCOL'), PROTOCOLS, 'http/protobuf', warn) as OtlpProtocol;
}

function compressionOf(variables: SignalVariables, warn: Warn): 'none' | 'gzip' {
  return word(variables.get('COMPRESSION'), ['none', 'gzip'], 'none', warn) as 'none' | 'gzip';
}

function word(
  given: GivenVariable | undefined,
  known: readonly string[],
  standard: string,
  warn: Warn,
): string {
  if (given === undefined) return standard;
  const value = given.text.toLowerCase();
  if (known.includes(value)) return value;
  notUsed(given, `one of ${known.join(', ')}`, warn);
  return standard;
}

function timeoutOf(variables: SignalVariables, warn: Warn): number {
  const given = variables.get('TIMEOUT');
  if (given === undefined) return DEFAULT_TIMEOUT_MILLIS;
  const millis = Number(given.text);
  if (Number.isInteger(millis) && millis >= 1 && millis <= MAX_TIMER_MILLIS) return millis;
  notUsed(given, `an integer from 1 to ${MAX_TIMER_MILLIS} (milliseconds)`, warn);
  return DEFAULT_TIMEOUT_MILLIS;
}

function notUsed({ name, text }: GivenVariable, accepts: string, warn: Warn): void {
  warn(name, `${name}=${JSON.stringify(text.slice(0, 60))} is not used; accepted is ${accepts}.`);
}

function tlsOf(variables: SignalVariables, warn: Warn): OtlpTarget['tls'] {
  const path = (setting: string): string | undefined => {
    const given = variables.get(setting);
    if (given === undefined) return undefined;
    const { name, text } = given;
    try {
      new RereadFile(text).readNow();
    } catch (error) {
      // It may be there later, as where a sidecar writes it.
      warn(
        name,
        `${name}: ${text} cannot be read (${whyUnreadable(error)}); it is tried again with each export.`,
      );
    }
    return text;
  };
  const ca = path('CERTIFICATE');
  const cert = path('CLIENT_CERTIFICATE');
  const key = path('CLIENT_KEY');
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** What of the host's own can carry the protocol. */
function agentOptionsOf(
  given: HttpAgentOptions | undefined,
  protocol: OtlpProtocol,
  warn: Warn,
): HttpAgentOptions | undefined {
  if (given === undefined) return undefined;
  const dispatcher = typeof (given as { dispatch?: unknown }).dispatch === 'function';
  if (!dispatcher && !(protocol === 'grpc' && isOwnAgent(given))) return given;
  const why = dispatcher
    ? 'a dispatcher of undici is no agent of node:http. Give an http.Agent, as proxy-agent has'
    : 'an agent of HTTP/1.1 cannot carry gRPC. Give options for TLS (ca, cert, key), use http/protobuf';
  const name = 'otlp.httpAgentOptions';
  warn(name, `${name} is not used: ${why}, or name the proxy in HTTPS_PROXY or HTTP_PROXY.`);
  return undefined;
}

/** Whether the host decides itself how sockets are made: by an agent, or by a function that makes one. */
export function isOwnAgent(
  given: HttpAgentOptions,
): given is Exclude<HttpAgentOptions, AgentOptions | TlsAgentOptions> {
  return typeof given === 'function' || typeof (given as { addRequest?: unknown }).addRequest === 'function';
}

/** What stands for the proxy variables: with an agent of the host's own nothing does, and `proxyEnv` wins, as in Node. */
function proxyVariables(given: HttpAgentOptions | undefined): Environment | undefined {
  if (given === undefined) return undefined;
  if (isOwnAgent(given)) return {};
  return (given as { proxyEnv?: Environment }).proxyEnv;
}
