import {
  context,
  INVALID_SPAN_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { entering } from '../common/call-in-context.js';
import { monotonicClock } from '../common/clock.js';
import { follow, lazyKind } from '../common/followed-result.js';
import { type Enter, type FollowedEnd, type Follower, isUnseen } from '../common/followed-stream.js';
import { callHost } from '../common/outcome.js';
import { contextWithSpan } from './active-context.js';
import { ATTR_STREAM_UNSEEN } from '../semconv/attributes.js';
import { SCOPE_NAME } from '../semconv/resource.js';
import { VERSION } from '../semconv/resource.js';
import {
  EXECUTE,
  POLICY_CHECK,
  SIGNAL,
  VERIFICATION,
  VIOLATION,
  type ExecutionSpan,
  type KernelSpan,
  type PolicyCheckSpan,
  type SignalSpan,
  type VerificationSpan,
  type ViolationSpan,
} from './kernel-spans.js';
import { manualSpan, type ManualSpan } from './span-lifecycle.js';
import { describeSpan, endSpan, failSpan, guarded, isRecording } from './span-lifecycle.js';

/** An attribute value of OpenTelemetry, or undefined to leave it out. */
export type SpanAttributes = Readonly<Record<string, Attributes[string]>>;
/** Work done while a span is active. Sync or async; what it gives or throws reaches the caller unchanged. */
export type SpanWork<T> = (span: Span) => T;

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
 * once, when `work` returns, or with the promise or stream that it returns (see docs/streams.md). A denial is a decision: the status stays unset. An exception sets
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
  /** Of every span; one object for all of them. */
  private readonly options: Readonly<SpanOptions>;

  /** @throws TypeError for options that cannot be read, and for a `tracerProvider` that is none */
  constructor(options: KernelTracerOptions = {}) {
    const provider = options.tracerProvider ?? trace.getTracerProvider();
    this.tracer = provider.getTracer(SCOPE_NAME, VERSION);
    const { attributes } = options;
    this.options = { kind: SpanKind.INTERNAL, ...(attributes && { attributes }) };
  }

  /** Span `kernel.policy_check`. */
  policyCheck<T>(check: PolicyCheckSpan, work: SpanWork<T>): T {
    return this.within(POLICY_CHECK, check, work);
  }
  startPolicyCheck(check: PolicyCheckSpan): ManualSpan {
    return this.started(POLICY_CHECK, check);
  }

  /** Span `kernel.execute`. */
  execute<T>(execution: ExecutionSpan, work: SpanWork<T>): T {
    return this.within(EXECUTE, execution, work);
  }
  startExecute(execution: ExecutionSpan): ManualSpan {
    return this.started(EXECUTE, execution);
  }

  /** Span `kernel.signal`. */
  signal<T = void>(signal: SignalSpan, work?: SpanWork<T>): T {
    return this.within(SIGNAL, signal, work);
  }
  startSignal(signal: SignalSpan): ManualSpan {
    return this.started(SIGNAL, signal);
  }

  /** Span `kernel.violation`. */
  violation<T = void>(violation: ViolationSpan, work?: SpanWork<T>): T {
    return this.within(VIOLATION, violation, work);
  }
  startViolation(violation: ViolationSpan): ManualSpan {
    return this.started(VIOLATION, violation);
  }

  /** Span `kernel.verification`. */
  verification<T = void>(verification: VerificationSpan, work?: SpanWork<T>): T {
    return this.within(VERIFICATION, verification, work);
  }
  startVerification(verification: VerificationSpan): ManualSpan {
    return this.started(VERIFICATION, verification);
  }

  /**
   * A span of the contract under `parent`, which is not active yet; whoever asked for it ends it. Never throws.
   * @internal
   */
  begin<A>(kind: KernelSpan<A>, about: A, parent: Context): Span {
    try {
      return this.startKernelSpan(kind, about, parent);
    } catch {
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
  }

  /** A span of the host's own, with its own attributes. */
  span<T>(name: string, attributes: SpanAttributes, work: SpanWork<T>): T {
    const parent = context.active();
    const span = this.start(name, parent);
    if (isRecording(span)) describeSpan(span, attributes);
    return runAndEnd(span, parent, work);
  }
  startSpan(name: string, attributes: SpanAttributes = {}): ManualSpan {
    const parent = context.active();
    const span = this.start(name, parent);
    if (isRecording(span)) describeSpan(span, attributes);
    return manualSpan(span, parent);
  }

  /**
   * Wraps a function, so that each call is a span; `attributesOf` reads attributes from the arguments. What is no
   * function is given back as it is.
   */
  wrap<A extends unknown[], R>(
    name: string,
    fn: (...args: A) => R,
    attributesOf?: (...args: A) => SpanAttributes,
  ): (...args: A) => R {
    if (typeof fn !== 'function') return fn;
    const tracer = this;
    return function (this: unknown, ...args: A): R {
      const parent = context.active();
      const span = tracer.start(name, parent);
      if (attributesOf !== undefined && isRecording(span)) {
        // One that turns out to be async has come too late: nobody else would hear that it failed.
        callHost(
          () => {
            const attributes = attributesOf(...args);
            describeSpan(span, attributes);
            return attributes;
          },
          () => {},
        );
      }
      return runAndEnd(span, parent, () => Reflect.apply(fn, this, args));
    };
  }

  private within<A, T>(kind: KernelSpan<A>, about: A, work: SpanWork<T> | undefined): T {
    const parent = context.active();
    return runAndEnd(this.startKernelSpan(kind, about, parent), parent, work);
  }

  private started<A>(kind: KernelSpan<A>, about: A): ManualSpan {
    const parent = context.active();
    return manualSpan(this.startKernelSpan(kind, about, parent), parent);
  }

  private startKernelSpan<A>(kind: KernelSpan<A>, about: A, parent: Context): Span {
    const span = this.start(kind.name, parent, kind.startTime && startTimeOf(kind.startTime, about));
    if (isRecording(span)) {
      try {
        kind.describe(span, about);
      } catch {
        // What refuses to be read, or to be set, is not shown.
      }
    }
    return span;
  }

  private start(name: string, parent: Context, startTime?: number): Span {
    try {
      const options = startTime === undefined ? this.options : { ...this.options, startTime };
      return this.tracer.startSpan(name, options, parent);
    } catch {
      return trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
    }
  }
}

function startTimeOf<A>(startTime: (about: A) => number | undefined, about: A): number | undefined {
  try {
    return startTime(about);
  } catch {
    return undefined; // what refuses to be read began when it was said
  }
}

/** Runs the work with the span active, and ends the span with it: where it goes on, as a promise or a stream, with that. */
function runAndEnd<T>(span: Span, parent: Context, work: SpanWork<T> | undefined): T {
  if (typeof work !== 'function') return endWithoutWork(span, work) as T;
  let result: T;
  try {
    result = context.with(contextWithSpan(parent, span), work, undefined, span);
  } catch (error) {
    failSpan(span, error);
    endSpan(span);
    throw error;
  }
  const kind = lazyKind(result);
  if (kind !== undefined) return follow(result, kind, new SpanFollower(span, parent));
  endSpan(span);
  return result;
}

/** A span may mark a moment; work that is no function is the host's mistake, and shown as one. */
function endWithoutWork(span: Span, work: unknown): undefined {
  if (work !== undefined && work !== null) {
    failSpan(span, new TypeError(`the work of a span must be a function, got ${typeof work}`));
  }
  endSpan(span);
}

/** Ends a span with what its work has given. */
class SpanFollower implements Follower {
  readonly clock = monotonicClock;

  constructor(
    private readonly span: Span,
    private readonly parent: Context,
  ) {}

  contextOf(): Enter {
    return entering(contextWithSpan(this.parent, this.span));
  }

  ended(end: FollowedEnd<unknown>): void {
    const { span } = this;
    if (end.threw) failSpan(span, end.error);
    else if (isUnseen(end)) guarded(() => span.setAttribute(ATTR_STREAM_UNSEEN, end.unseen));
    endSpan(span);
  }
}
