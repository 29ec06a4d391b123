import type { Agent, AgentOptions } from 'node:http';
import type { Agent as TlsAgent, AgentOptions as TlsAgentOptions } from 'node:https';
import type { Attributes, Context, Link, SpanKind, TimeInput, TraceState } from '@opentelemetry/api';

// What a host may hand in, by shape: a reader, a processor or a sampler of any SDK that has these methods fits. They are
// methods, so that their parameters fit both ways; what they are called with is the SDK's own.

/** A metric reader of the OpenTelemetry SDK, as `PeriodicExportingMetricReader`. */
export interface MetricReader {
  setMetricProducer(producer: unknown): void;
  /** 0 for delta, 1 for cumulative. */
  selectAggregationTemporality(instrumentType: unknown): number;
  collect(options?: unknown): Promise<unknown>;
  forceFlush(options?: unknown): Promise<void>;
  shutdown(options?: unknown): Promise<void>;
}

/** A span processor of the OpenTelemetry SDK. */
export interface SpanProcessor {
  onStart(span: unknown, parentContext: Context): void;
  /** Called where the SDK of the host knows it: the span can still be changed. */
  onEnding?(span: unknown): void;
  onEnd(span: unknown): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A head sampler of the OpenTelemetry SDK. */
export interface Sampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): { decision: number; attributes?: Readonly<Attributes>; traceState?: TraceState };
  toString(): string;
}

/** A view of the OpenTelemetry SDK, handed to it as it is. */
export type ViewOptions = object;

/** Options of the HTTP agent (TLS material, sockets, keep-alive), or the host's own agent, as a ProxyAgent, or what makes one. */
export type HttpAgentOptions =
  | AgentOptions
  | TlsAgentOptions
  | Agent
  | ((protocol: string) => Agent | TlsAgent | Promise<Agent> | Promise<TlsAgent>);

/** A value of a log record: text, a number, a boolean, bytes, nothing, and lists and maps of them. */
export type LogValue =
  string | number | boolean | Uint8Array | null | undefined | readonly LogValue[] | LogValueMap;
export interface LogValueMap {
  readonly [key: string]: LogValue;
}

/** One log record, as the Logs API takes it; with a name it is an event. */
export interface LogRecord {
  readonly eventName?: string | undefined;
  readonly timestamp?: TimeInput | undefined;
  readonly observedTimestamp?: TimeInput | undefined;
  /** 1 to 24. */
  readonly severityNumber?: number | undefined;
  readonly severityText?: string | undefined;
  readonly body?: LogValue;
  readonly attributes?: LogValueMap | undefined;
  readonly exception?: unknown;
  /** Whose span the record is of. @defaultValue the active one */
  readonly context?: Context | undefined;
}

/** A logger of the Logs API. */
export interface Logger {
  emit(record: LogRecord): void;
  enabled(options?: unknown): boolean;
}

/** A LoggerProvider of the Logs API: that of `@opentelemetry/api` from 1.10 on, or of `@opentelemetry/api-logs`. */
export interface LoggerProvider {
  getLogger(name: string, version?: string, options?: LoggerOptions): Logger;
}
export interface LoggerOptions {
  readonly schemaUrl?: string | undefined;
  readonly attributes?: LogValueMap | undefined;
}

/** The part of a LoggerProvider that is used of a host's own. */
export interface HostLoggerProvider {
  getLogger(name: string, version?: string): { emit(record: LogRecord): void };
}
