import { context, type Context, type Span, trace } from '@opentelemetry/api';
import { type Clock, monotonicClock, secondsSince } from '../../common/clock.js';
import { errorType } from '../../common/outcome.js';
import { WarnOnce } from '../../diagnostics/drop-log.js';
import type { GovernanceEvents } from '../../events/governance-events.js';
import {
  ComponentMetrics,
  KillMetrics,
  type AgentMetrics,
  type ApprovalMetrics,
  type KernelMetrics,
} from '../../instruments/index.js';
import { ATTR_CONTENT_INPUT, ATTR_CONTENT_OUTPUT } from '../../semconv/attributes.js';
import { callInContext, contextWithSpan } from '../../tracing/active-context.js';
import type { KernelTracer, ManualSpan } from '../../tracing/index.js';

/** What the adapter records with: the handle that `initObservability` returns, or your own parts. */
export interface GovernanceTelemetry {
  readonly kernel: KernelMetrics;
  /**
   * Where kills are counted.
   * @defaultValue where `kernel` records
   */
  readonly kills?: KillMetrics | undefined;
  /** Without it, errors of agents are not counted. */
  readonly agent?: AgentMetrics | undefined;
  /** Without it, the parts of the SDK are counted where `kernel` records. */
  readonly component?: ComponentMetrics | undefined;
  /** Without it, approvals that verdicts ask for are not counted. */
  readonly approvals?: ApprovalMetrics | undefined;
  /** Without it, no spans are started. */
  readonly tracer?: KernelTracer | undefined;
  /** Without it, no events are emitted. */
  readonly events?: GovernanceEvents | undefined;
}

const diagnostics = new WarnOnce();

/** Metrics, spans and clock, so guarded that whatever they throw costs a warning and never the host's call. */
export class Telemetry implements GovernanceTelemetry {
  readonly kernel: KernelMetrics;
  readonly kills: KillMetrics | undefined;
  readonly agent: AgentMetrics | undefined;
  readonly component: ComponentMetrics | undefined;
  readonly approvals: ApprovalMetrics | undefined;
  readonly tracer: KernelTracer | undefined;
  readonly events: GovernanceEvents | undefined;
  readonly clock: Clock;

  constructor(
    { kernel, kills, agent, component, approvals, tracer, events }: GovernanceTelemetry,
    private readonly captureContent: boolean,
    clock: Clock | undefined,
  ) {
    this.kernel = kernel;
    this.kills = kills ?? this.attempt(() => new KillMetrics(kernel.registry));
    this.agent = agent;
    this.component = component ?? this.attempt(() => componentsBeside(kernel));
    this.approvals = approvals;
    this.tracer = tracer;
    this.events = events;
    this.clock = clock === undefined ? monotonicClock : () => this.attempt(clock) ?? 0;
  }

  secondsSince(startMs: number): number {
    return secondsSince(this.clock, startMs);
  }

  /** Runs code that records; undefined where it throws. */
  attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** Warns, once per type of error, that something was not recorded. */
  failed(error: unknown): void {
    const type = errorType(error);
    this.warnOnce(`governance/${type}`, `governance telemetry: something was not recorded (${type}).`);
  }

  warnOnce(cause: string, message: string): void {
    diagnostics.warnOnce(cause, message);
  }

  /** Starts a span where there is a tracer that can. */
  start(start: (tracer: KernelTracer) => ManualSpan): ManualSpan | undefined {
    if (this.tracer === undefined) return undefined;
    try {
      return start(this.tracer);
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  isRecording(span: ManualSpan | undefined): span is ManualSpan {
    if (span === undefined) return false;
    try {
      return span.span.isRecording() === true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  /** Runs the host's code or ours with the span active. Without a span, or where it is active already, just runs it. */
  within<A extends unknown[], T>(span: ManualSpan | undefined, run: (...args: A) => T, ...args: A): T {
    return span === undefined ? run(...args) : callInContext(contextToEnter(span.span), run, args);
  }

  end(span: ManualSpan | undefined, outcome?: Parameters<ManualSpan['end']>[0]): void {
    if (span === undefined) return;
    try {
      span.end(outcome);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Ends a span as failed, whatever was thrown. */
  fail(
    span: ManualSpan | undefined,
    error: unknown,
    attributes: Readonly<Record<string, unknown>> = {},
  ): void {
    this.end(span, { error: error === undefined ? new Error('undefined was thrown') : error, attributes });
  }

  /** Puts what was asked on a span that records, if the host wants content captured. */
  showInput(span: Span, input: unknown): void {
    if (this.captureContent && input !== undefined) span.setAttribute(ATTR_CONTENT_INPUT, contentText(input));
  }

  /** What was asked and answered, as attributes of a span that records, if the host wants content captured. */
  content(input: unknown, output?: unknown): Readonly<Record<string, unknown>> | undefined {
    if (!this.captureContent) return undefined;
    return {
      [ATTR_CONTENT_INPUT]: input === undefined ? undefined : contentText(input),
      [ATTR_CONTENT_OUTPUT]: output === undefined ? undefined : contentText(output),
    };
  }
}

/** The metrics of components on the instruments of a kernel; none where a host's own stand-in has no instruments. */
function componentsBeside({ registry }: KernelMetrics): ComponentMetrics | undefined {
  return registry === undefined ? undefined : new ComponentMetrics(registry);
}

/** The context in which the span is active; undefined where it is active already, or cannot be made so. */
function contextToEnter(span: Span): Context | undefined {
  try {
    const active = context.active();
    return trace.getSpan(active) === span ? undefined : contextWithSpan(active, span);
  } catch {
    return undefined;
  }
}

/** Longest content on a span, in UTF-16 units. */
const CONTENT_MAX_LENGTH = 4096;
/** Items of one array that are looked at. */
const MAX_ITEMS = 100;

/** Arguments or results as bounded JSON. Never throws; long texts and long lists are cut before they are serialized. */
export function contentText(value: unknown): string {
  let left = CONTENT_MAX_LENGTH;
  const cut = (_key: string, item: unknown): unknown => {
    if (left <= 0) return undefined;
    if (typeof item === 'bigint') return String(item);
    if (Array.isArray(item)) return item.length > MAX_ITEMS ? item.slice(0, MAX_ITEMS) : item;
    if (typeof item !== 'string') return item;
    const text = item.slice(0, left);
    left -= text.length;
    return text;
  };
  try {
    return (JSON.stringify(value, cut) ?? String(value)).slice(0, CONTENT_MAX_LENGTH);
  } catch {
    return '[not serializable]';
  }
}
