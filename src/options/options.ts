import type { ExceptionDetail, Redact } from '../diagnostics/redaction.js';
import type { Server } from 'node:http';
import type { Attributes, MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { Clock } from '../common/clock.js';
import type { EndpointAuth } from '../http/credentials.js';
import type { HostList } from '../http/host-names.js';
import type { EndpointTls } from '../http/tls-identity.js';
import type { DiagnosticsLevel } from '../diagnostics/console-logger.js';
import type {
  HostLoggerProvider,
  HttpAgentOptions,
  MetricReader,
  Sampler,
  SpanProcessor,
  ViewOptions,
} from '../common/host-types.js';

/** The Prometheus endpoint. */
export interface PrometheusOptions {
  /** Address to bind. @defaultValue `127.0.0.1` */
  host?: string;
  /** TCP port; 0 takes any free one. @defaultValue 9464 */
  port?: number;
  /** Path of the metrics page. @defaultValue `/metrics` */
  path?: string;
  /**
   * The host's own HTTP server: the page is answered on it, before any listener of the host's. Beside it stands `auth`, or
   * `unauthenticated: true`.
   */
  server?: Server;
  /** Longest time for one collection, in milliseconds; past it the scrape answers 503. @defaultValue 5000 */
  timeoutMillis?: number;
  /**
   * Who is answered, on every page: whoever has a token (`bearer`), or a user with a password (`basic`). Files are read
   * again when they change.
   * @defaultValue everybody
   */
  auth?: EndpointAuth;
  /** Says that everybody may be answered: on `server`, or beyond this machine without a warning. @defaultValue false */
  unauthenticated?: boolean;
  /** HTTPS, by files in PEM that are read again when they change; `clientCaFile` asks for client certificates. */
  tls?: EndpointTls;
  /**
   * Further hosts that requests may name, or `*` for any: others are answered 421. Names of loopback, `host`, and the
   * address that was reached are never refused.
   * @defaultValue none on an address of loopback, which keeps strangers' pages in a browser out; any on another
   */
  allowedHosts?: HostList;
  /** A Unix socket to listen on, in place of `host` and `port`. What a dead process has left there is replaced. */
  socketPath?: string;
  /** Who may connect to it: `0o600` its owner, `0o660` its group too. @defaultValue `0o600` */
  socketMode?: 0o600 | 0o660;
}

/** Several processes or threads of one service, as workers of a cluster, that serve their page at one address. */
export interface WorkersOptions {
  /**
   * `aggregate`: the page of each shows all of them. Whichever has the port serves it, the others report to it by a socket
   * on this machine, and one takes its place when it ends. `separate`: each has a page of its own, where it gets the port.
   * Processes on ports of their own are always separate.
   * @defaultValue `aggregate`, with `prometheus: false` `separate`
   */
  page?: 'aggregate' | 'separate';
  /**
   * How the values of a gauge of the host become one, by the name of the instrument, and `*` for all others: `last` is the
   * value that changed last. Counters and histograms are added up, and so are up-down counters.
   * @defaultValue `sum` for all
   */
  gauges?: Record<string, 'sum' | 'max' | 'min' | 'last'>;
}

/** OTLP over HTTP or gRPC. */
export interface OtlpOptions {
  /**
   * Base URL; over HTTP `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended.
   * @defaultValue `http://localhost:4318`, with gRPC `http://localhost:4317`
   */
  endpoint?: string;
  /** How requests are written and sent. @defaultValue `http/protobuf` */
  protocol?: 'http/protobuf' | 'http/json' | 'grpc';
  /** Headers of each request, as credentials of a vendor. */
  headers?: Record<string, string>;
  /** Compression of each request. @defaultValue `none` */
  compression?: 'none' | 'gzip';
  /** Longest time for one export with its retries, in milliseconds. @defaultValue 10000 */
  timeoutMillis?: number;
  /** TLS and sockets: options of the HTTP agent (`ca`, `cert`, `key`, `keepAlive`, …), or an agent of your own. */
  httpAgentOptions?: HttpAgentOptions;
}

export interface TracesOptions {
  /** Most spans that wait or are in flight; past it spans are dropped and counted. @defaultValue 2048 */
  maxQueueSize?: number;
  /** Most bytes of them, estimated; past it spans are dropped and counted. @defaultValue 16777216 */
  maxQueueBytes?: number;
  /** Most spans of one export. @defaultValue 512 */
  maxExportBatchSize?: number;
  /** Longest time a span waits for its batch, in milliseconds. @defaultValue 5000 */
  scheduledDelayMillis?: number;
  /**
   * A folder for spans that cannot be sent before the process ends, as by a crash, `process.exit()`, or a collector that is
   * away: they are sent at the next start, within a day, twice where the receiver had them already without an answer. What
   * is in a span is then on the disk, for the user of the process alone. With `pipeline: 'native'` alone.
   * @defaultValue none: such spans are lost, and counted
   */
  spoolFolder?: string;
  /** Most bytes in that folder; past it spans are lost, and counted. @defaultValue 67108864 */
  maxSpoolBytes?: number;
  /** Further processors, as for a second exporter. */
  spanProcessors?: SpanProcessor[];
  /** Head sampling. @defaultValue all spans: the Collector samples and keeps every violation */
  sampler?: Sampler;
}

/** Events, which are log records of the Logs API: they are never sampled. */
export interface EventsOptions {
  /**
   * Whether a violation and an entry of the audit log are events of the active span too, as they were before there were log
   * records. This will be `false` with the next release.
   * @defaultValue true
   */
  spanEvents?: boolean;
  /**
   * Whether decisions to allow are events as well, beside those to deny, and those that nobody understood.
   * @defaultValue false
   */
  allows?: boolean;
  /** Most log records that wait or are in flight; past it they are dropped and counted. @defaultValue 2048 */
  maxQueueSize?: number;
  /** Most bytes of them, estimated; past it they are dropped and counted. @defaultValue 16777216 */
  maxQueueBytes?: number;
  /** Most log records of one export. @defaultValue 512 */
  maxExportBatchSize?: number;
  /** Longest time a log record waits for its batch, in milliseconds. @defaultValue 1000 */
  scheduledDelayMillis?: number;
  /**
   * A folder for log records that cannot be sent before the process ends, as `traces.spoolFolder`, and it may be the same.
   * @defaultValue none: such log records are lost, and counted
   */
  spoolFolder?: string;
  /** Most bytes in that folder; past it log records are lost, and counted. @defaultValue 67108864 */
  maxSpoolBytes?: number;
}

export interface MetricsOptions {
  /** Caps on label values, for the life of the process. */
  cardinalityLimits?: CardinalityLimits;
  /** @deprecated The old name of `cardinalityLimits`. */
  labelCaps?: CardinalityLimits;
  /** @deprecated The old name of `pipeline`: `fast` is `native`, `stock` is `otel-sdk`. */
  store?: 'fast' | 'stock';
  /**
   * Further readers, as `PeriodicExportingMetricReader` with an exporter of the host's choice. Each sees all metrics;
   * they are flushed and shut down with the rest.
   */
  readers?: MetricReader[];
  /** Views of the official SDK; with `pipeline: 'otel-sdk'` alone. */
  views?: ViewOptions[];
  /**
   * A sample beside each counter and histogram that says when it began (`_created`), in OpenMetrics: a Prometheus that
   * reads them counts what a series begins with. Another keeps them as series of their own.
   * @defaultValue true for the metrics of Agent OS, false for those of the host
   */
  createdSamples?: boolean;
  /**
   * Keeps with each counter's series, and each bucket of a histogram, the last measurement that was made in a sampled span,
   * and shows it in OpenMetrics. With `pipeline: 'native'` alone.
   * @defaultValue true, or as OTEL_METRICS_EXEMPLAR_FILTER says
   */
  exemplars?: boolean;
  /**
   * Lets a series leave that has not been recorded for so long, in milliseconds: its memory and its room under the caps are
   * free for others. One that comes back begins at 0, which to Prometheus is a counter that was reset; choose several times
   * the longest interval at which anybody collects. With `pipeline: 'native'` alone.
   * @defaultValue series stay for the life of the process
   */
  idleExpiryMillis?: number;
  /** Pushes metrics by OTLP too. @defaultValue false, or as OTEL_METRICS_EXPORTER says */
  otlp?: boolean;
  /** Time between two pushes, in milliseconds. @defaultValue 60000 */
  exportIntervalMillis?: number;
  /** Longest time of one push, from asking the callbacks to the last answer, in milliseconds. @defaultValue 30000 */
  exportTimeoutMillis?: number;
  /**
   * How pushed values are counted: as totals, as what was added since the last push, or as deltas of what is recorded and
   * totals of what is observed.
   * @defaultValue `cumulative`, which Prometheus needs
   */
  temporality?: 'cumulative' | 'delta' | 'lowmemory';
  /** Metrics of the SDK itself: losses, series, scrapes. @defaultValue true */
  selfMetrics?: boolean;
}

/** Everything is optional but the service's name, which falls back to OTEL_SERVICE_NAME. */
export interface ObservabilityOptions {
  /** `service.name` of all telemetry. @defaultValue OTEL_SERVICE_NAME */
  serviceName?: string;
  /** `service.version`. */
  serviceVersion?: string;
  /** `deployment.environment.name`. */
  environment?: string;
  /** Further resource attributes; they win over OTEL_RESOURCE_ATTRIBUTES. */
  resource?: Attributes;
  /** How the kernel treats violations, shown by `agent_os_kernel_info`. @defaultValue `unknown` */
  policyMode?: string;
  /**
   * What keeps and sends metrics and spans. `native` is ours, and needs no other package; `otel-sdk` is the SDK of
   * OpenTelemetry with its exporters, which the host installs, for its views and exponential histograms, at several times
   * the cost.
   * @defaultValue `native`
   */
  pipeline?: 'native' | 'otel-sdk';
  /** The Prometheus endpoint; `false` starts no server: mount `metricsHandler` yourself. */
  prometheus?: PrometheusOptions | false;
  /**
   * A page at `/` of our own server that shows, as it happens, what is governed, and how the telemetry itself does. It has no
   * content, and costs nothing while nobody looks. On a server of the host's, mount `liveHandler`.
   * @defaultValue true where our server binds an address of loopback and neither NODE_ENV nor `deployment.environment.name`
   * says production
   */
  live?: boolean;
  /** One page for several processes of the service. */
  workers?: WorkersOptions;
  /** Where spans and events (and pushed metrics) go; `false` exports nothing by OTLP. */
  otlp?: OtlpOptions | false;
  /** Queue, batches, sampling and further processors of spans. */
  traces?: TracesOptions;
  /** What is an event, and their queue. */
  events?: EventsOptions;
  /** Caps, push and self-metrics. */
  metrics?: MetricsOptions;
  /**
   * Registers the providers, the context manager and the propagators globally, each only where nobody has; spans go to the
   * TracerProvider that the host has registered, if it has, and events to its LoggerProvider. `false` leaves what is global
   * alone, and keeps ours apart.
   * @defaultValue true
   */
  registerGlobally?: boolean;
  /** The host's own MeterProvider: the kernel's metrics go to it; excludes `prometheus` and `metrics.otlp`. */
  meterProvider?: MeterProvider;
  /**
   * The host's own TracerProvider: the kernel's spans go to it, and no exporter of ours is started.
   * @defaultValue the one that the host has registered globally before, if `registerGlobally`; else one of our own
   */
  tracerProvider?: TracerProvider;
  /**
   * The host's own LoggerProvider, of `@opentelemetry/api` from 1.10 on or of `@opentelemetry/api-logs`: events go to it, and
   * no exporter of ours sends them.
   * @defaultValue the one that the host has registered globally before, if `registerGlobally`; else one of our own, which
   * sends where spans of ours are sent, or where `otlp` or a variable of OTLP says; with `pipeline: 'otel-sdk'` too
   */
  loggerProvider?: HostLoggerProvider;
  /** How context travels between processes. @defaultValue W3C trace context and baggage */
  propagators?: TextMapPropagator[];
  /**
   * How much of an exception the kernel's spans show: its type, its message too, or its stack as well. Messages often quote
   * what a tool or a model was given.
   * @defaultValue `type`
   */
  exceptions?: ExceptionDetail;
  /**
   * Takes from a text what must not leave the process: called with each text on a span that is sent, exceptions, reasons and
   * captured content among them, with each message of the SDK on the console, and with the body of a failed scrape. What
   * looks like a credential is gone from free text and messages by then. It must be quick, and gives the text to show; where
   * it throws or gives no text, `***` is shown. With `pipeline: 'otel-sdk'`, of spans it sees exceptions alone.
   */
  redact?: Redact;
  /**
   * Whether prompts, answers, arguments and results of tools leave the process on spans and log records that other
   * instrumentations make, as those of the AI SDK, OpenLLMetry or OpenInference. Without it `***` is sent in their place.
   * Span processors of the host see them in either case, but not with `pipeline: 'otel-sdk'`.
   * @defaultValue false
   */
  captureContent?: boolean;
  /**
   * Whether calls of language models are counted from the spans of whatever instrumentation makes them: calls, errors,
   * tokens, and how long agents ran. Only spans that are sampled are seen.
   * @defaultValue true
   */
  genAiBridge?: boolean;
  /**
   * What the SDK may say on the console, unless the host has set a `diag` logger.
   * @defaultValue `warn`, or as OTEL_LOG_LEVEL says
   */
  diagnostics?: DiagnosticsLevel;
  /**
   * Flushes on SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR2, SIGBREAK and beforeExit, then lets the process end as it would have.
   * Where the host handles a signal itself, its handler decides when to end; we only flush.
   * @defaultValue true
   */
  signalHandlers?: boolean;
  /** Longest time of shutdown(), in milliseconds. What is not delivered by then is counted and warned about. @defaultValue 5000 */
  shutdownTimeoutMillis?: number;
  /** Clock of durations, windows and uptime, in milliseconds. @defaultValue performance.now */
  clock?: Clock;
}
