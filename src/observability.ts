import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import { KernelCalls, verbsOf } from './calls/kernel-calls.js';
import type { KernelVerbs } from './calls/kernel-verbs.js';
import type { LoggerProvider } from './common/host-types.js';
import type { GovernanceEvents } from './events/governance-events.js';
import type { MetricsHandler } from './http/adapter.js';
import { AgentMetrics } from './instruments/agent-metrics.js';
import { ApprovalMetrics } from './instruments/approval-metrics.js';
import { CmvkMetrics } from './instruments/cmvk-metrics.js';
import { ComponentMetrics } from './instruments/component-metrics.js';
import type { Instruments } from './instruments/instruments.js';
import { KernelMetrics } from './instruments/kernel-metrics.js';
import { KillMetrics } from './instruments/kill-metrics.js';
import { TracedAmb, type AmbCalls } from './messaging/amb-calls.js';
import { KernelTracer } from './tracing/kernel-tracer.js';

/** What a host records with: the verbs for the whole of it, and the halves, metrics or spans alone. */
export interface Recorders extends KernelVerbs {
  readonly kernel: KernelMetrics;
  readonly kills: KillMetrics;
  readonly cmvk: CmvkMetrics;
  readonly agent: AgentMetrics;
  readonly amb: AmbCalls;
  readonly component: ComponentMetrics;
  readonly approvals: ApprovalMetrics;
  readonly tracer: KernelTracer;
  /** The events of the contract, as log records; the classes above emit theirs by themselves. */
  readonly events: GovernanceEvents;
}

/**
 * @param propagator - of the context of messages, where none is registered globally
 * @internal
 */
export function createRecorders(
  instruments: Instruments,
  tracerProvider: TracerProvider,
  events: GovernanceEvents,
  propagator?: () => TextMapPropagator | undefined,
): Recorders {
  const kernel = new KernelMetrics(instruments);
  const cmvk = new CmvkMetrics(instruments);
  const approvals = new ApprovalMetrics(instruments);
  const tracer = new KernelTracer({ tracerProvider });
  return {
    ...verbsOf(new KernelCalls({ kernel, cmvk, approvals, tracer })),
    kernel,
    kills: new KillMetrics(instruments),
    cmvk,
    agent: new AgentMetrics(instruments),
    amb: new TracedAmb(instruments, tracerProvider, propagator),
    component: new ComponentMetrics(instruments),
    approvals,
    tracer,
    events,
  };
}

/** Where the metrics page is served. */
export interface Endpoint {
  /** URL of the metrics page with the real address and port; undefined where no server of ours runs. */
  readonly metricsUrl?: string;
  /** URL of the live page; undefined where our server has none. */
  readonly liveUrl?: string;
}

/** What {@link initObservability} gives. */
export interface Observability extends Recorders {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  /** Takes the events, and what else the host logs by the Logs API. */
  readonly loggerProvider: LoggerProvider;
  /** The metrics page without a framework; see the adapters under `agent-os-observability/http/…`. */
  readonly metricsHandler: MetricsHandler;
  /**
   * The live page without a framework, for a server of the host's: the adapters under `agent-os-observability/http/…` take it
   * as they take `metricsHandler`, at any path. Behind `prometheus.auth` and `prometheus.allowedHosts`, as the metrics page is.
   */
  readonly liveHandler: MetricsHandler;
  /** Resolves when the metrics page is served; rejects with AOO_LISTEN_FAILED. Need not be awaited. */
  readonly ready: Promise<Endpoint>;
  /** The exposition as text. Rejects with AOO_COLLECTION_FAILED. */
  export(): Promise<string>;
  /** Content-Type of the exposition. */
  contentType(): string;
  /** Delivers what waits and what is in flight. Bounded; never rejects. */
  forceFlush(): Promise<void>;
  /** Delivers, stops everything, gives back what was registered globally. Bounded, idempotent; never rejects. */
  shutdown(): Promise<void>;
}
