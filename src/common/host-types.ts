import type { Agent, AgentOptions } from 'node:http';
import type { Agent as TlsAgent, AgentOptions as TlsAgentOptions } from 'node:https';
import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api';

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
