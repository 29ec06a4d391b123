import {
  context,
  INVALID_SPAN_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Span,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { observeOutcome } from '../outcome.js';
import * as attr from '../semconv/attributes.js';
import { SCOPE_NAME } from '../semconv/resource.js';
import { SPANS, type SpanName } from '../semconv/spans.js';
import type { Decision, Enforcement, Severity, Signal } from '../semconv/values.js';
import { VERSION } from '../version.js';
import { manualSpan, type ManualSpan } from './manual-span.js';
import { describeSpan, failSpan, guarded } from './span-lifecycle.js';

/** An attribute value of OpenTelemetry, or undefined to leave it out. */
export type SpanAttributes = Readonly<Record<string, Attributes[string]>>;
/** Work done while a span is active. Sync or async; what it gives or throws reaches the caller unchanged. */
export type SpanWork<T> = (span: Span) => T;

export interface PolicyCheckSpan {
  agentId: string;
  action: string;
  policies?: readonly string[];
  decision?: Decision;
  enforced?: Enforcement;
  /** Free text. */
  reason?: string;
}
export interface ExecutionSpan {
  agentId: string;
  action: string;
}
export interface SignalSpan {
  agentId: string;
  signal: Signal;
  /** Free text. */
  reason?: string;
}
export interface ViolationSpan {
  agentId: string;
  action: string;
  policy: string;
  severity?: Severity;
  /** Free text. */
  reason?: string;
}

export interface KernelTracerOptions {
  /**
   * Where spans go. Any OpenTelemetry TracerProvider will do.
   * @defaultValue the globally registered one, also when it is registered later
   */
  readonly tracerProvider?: TracerProvider;
  /** Attributes of every span. */
  readonly attributes?: SpanAttributes;
}

/**
 * The kernel's spans. Each method starts a span under the active one, makes it active while `work` runs, and ends it
 * once, when `work` returns or its promise settles. A denial is a decision: the status stays unset. An exception sets
 * ERROR and `error.type`, is recorded once, and is rethrown. The `start…` methods are for those who cannot wrap.
 *
 * @example
 * ```ts
 * const tracer = new KernelTracer();
 * await tracer.execute({ agentId: 'support-1', action: 'read_file' }, async () => {
 *   tracer.policyCheck({ agentId: 'support-1', action: 'read_file', policies: ['files'] }, () => true);
 * });
 * ```
 */
export class KernelTracer {
  private readonly tracer: Tracer;
  private readonly attributes: SpanAttributes;

  constructor(options: KernelTracerOptions = {}) {
    const provider = options.tracerProvider ?? trace.getTracerProvider();
    this.tracer = provider.getTracer(SCOPE_NAME, VERSION);
    this.attributes = options.attributes ?? {};
  }

  /** Span `kernel.policy_check`. */
  policyCheck<T>(check: PolicyCheckSpan, work: SpanWork<T>): T {
    return this.within(this.startPolicyCheck(check), work);
  }
  startPolicyCheck(check: PolicyCheckSpan): ManualSpan {
    return this.startKernelSpan('kernel.policy_check', () => ({
      [attr.ATTR_AGENT_ID]: check.agentId,
      [attr.ATTR_ACTION]: check.action,
      [attr.ATTR_POLICIES]: check.policies,
      [attr.ATTR_DECISION]: check.decision,
      [attr.ATTR_ENFORCED]: check.enforced,
      [attr.ATTR_REASON]: check.reason,
    }));
  }

  /** Span `kernel.execute`. */
  execute<T>(execution: ExecutionSpan, work: SpanWork<T>): T {
    return this.within(this.startExecute(execution), work);
  }
  startExecute(execution: ExecutionSpan): ManualSpan {
    return this.startKernelSpan('kernel.execute', () => ({
      [attr.ATTR_AGENT_ID]: execution.agentId,
      [attr.ATTR_ACTION]: execution.action,
    }));
  }

  /** Span `kernel.signal`. */
  signal<T = void>(signal: SignalSpan, work?: SpanWork<T>): T {
    return this.within(this.startSignal(signal), work);
  }
  startSignal(signal: SignalSpan): ManualSpan {
    return this.startKernelSpan('kernel.signal', () => ({
      [attr.ATTR_AGENT_ID]: signal.agentId,
      [attr.ATTR_SIGNAL]: signal.signal,
      [attr.ATTR_REASON]: signal.reason,
    }));
  }

  /** Span `kernel.violation`. */
  violation<T = void>(violation: ViolationSpan, work?: SpanWork<T>): T {
    return this.within(this.startViolation(violation), work);
  }
  startViolation(violation: ViolationSpan): ManualSpan {
    return this.startKernelSpan('kernel.violation', () => ({
      [attr.ATTR_AGENT_ID]: violation.agentId,
      [attr.ATTR_ACTION]: violation.action,
      [attr.ATTR_POLICY]: violation.policy,
      [attr.ATTR_SEVERITY]: violation.severity,
      [attr.ATTR_REASON]: violation.reason,
    }));
  }

  /** A span of the host's own, with its own attributes. */
  span<T>(name: string, attributes: SpanAttributes, work: SpanWork<T>): T {
    return this.within(this.startSpan(name, attributes), work);
  }
  startSpan(name: string, attributes: SpanAttributes = {}): ManualSpan {
    return this.start(name, (span) => describeSpan(span, attributes));
  }

  /** Wraps a function, so that each call is a span; `attributesOf` reads attributes from the arguments. */
  wrap<A extends unknown[], R>(
    name: string,
    fn: (...args: A) => R,
    attributesOf: (...args: A) => SpanAttributes = () => ({}),
  ): (...args: A) => R {
    const tracer = this;
    return function (this: unknown, ...args: A): R {
      const started = tracer.start(name, (span) => describeSpan(span, attributesOf(...args)));
      return tracer.within(started, () => fn.apply(this, args));
    };
  }

  private within<T>(started: ManualSpan, work?: SpanWork<T>): T {
    return started.run(() =>
      observeOutcome(
        () => work?.(started.span) as T,
        (outcome) => {
          if (outcome.threw) failSpan(started.span, outcome.error);
          started.end();
        },
      ),
    );
  }

  /** @param attributes - read only while the span records, and guarded: they are the caller's */
  private startKernelSpan(name: SpanName, attributes: () => Readonly<Record<string, unknown>>): ManualSpan {
    return this.start(name, (span) => {
      describeSpan(span, { [attr.ATTR_KERNEL_COMPONENT]: SPANS[name].component });
      describeSpan(span, attributes());
    });
  }

  private start(name: string, describe: (span: Span) => void): ManualSpan {
    const parent = context.active();
    let span: Span;
    try {
      span = this.tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes: this.attributes }, parent);
    } catch {
      span = trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
    }
    guarded(() => span.isRecording() && describe(span));
    return manualSpan(span, parent);
  }
}
