import { ROOT_CONTEXT, type Context, type Span } from '@opentelemetry/api';
import { secondsSince } from '../common/clock.js';
import { type FollowedEnd, isUnseen, type Unseen } from '../common/followed-stream.js';
import type { Outcome } from '../common/outcome.js';
import { CALL_SCOPE, closeCall, openCall, type CallScope } from '../instruments/call-scope.js';
import { activeContext, dropCall, followedCall, timedCall } from '../instruments/host-calls.js';
import type { ApprovalMetrics, CmvkMetrics, KernelMetrics } from '../instruments/index.js';
import { callInContext, contextWithSpan, withValue } from '../tracing/active-context.js';
import type { KernelTracer, SpanWork } from '../tracing/index.js';
import type { KernelSpan } from '../tracing/kernel-spans.js';
import { ATTR_STREAM_UNSEEN } from '../semconv/attributes.js';
import { endSpan, failSpan, guarded } from '../tracing/span-lifecycle.js';

/** What the calls record with. */
export interface CallParts {
  readonly kernel: KernelMetrics;
  readonly cmvk: CmvkMetrics;
  readonly approvals: ApprovalMetrics;
  readonly tracer: KernelTracer;
}

/** One kind of call: its span, and what is recorded, in the context of the span, when it has ended. */
export interface CallKind<About> {
  readonly method: string;
  readonly span: KernelSpan<About>;
  /** Whether what it gives is followed where it is a stream; a verdict is none. */
  readonly follows?: true;
  /** @param unseen - why the end of a stream was not seen; undefined where it was */
  ended(
    parts: CallParts,
    about: About,
    outcome: Outcome<unknown>,
    durationSeconds: number,
    span: Span,
    unseen: Unseen['unseen'] | undefined,
  ): void;
}

/** What is active around a call, or what a context manager that fails leaves of it. */
export function currentContext(): Context {
  return activeContext() ?? ROOT_CONTEXT;
}

/** Runs a function of the host in a span of its own, and follows what it gives to its end. Adds nothing that throws. */
export function measuredCall<About, T>(
  parts: CallParts,
  kind: CallKind<About>,
  about: About,
  run: SpanWork<T>,
  outer: Context,
  scope?: CallScope,
): T {
  const span = parts.tracer.begin(kind.span, about, outer);
  if (scope !== undefined) openCall();
  const inner = contextWithSpan(scope === undefined ? outer : withValue(outer, CALL_SCOPE, scope), span);
  return callInContext(inner, measure<About, T>, [parts, kind, about, run, span, scope]);
}

/** In the context of the span: what is recorded finds it there, and so has it as its exemplar. */
function measure<About, T>(
  parts: CallParts,
  kind: CallKind<About>,
  about: About,
  run: SpanWork<T>,
  span: Span,
  scope: CallScope | undefined,
): T {
  const { kernel } = parts;
  const call = kind.follows ? followedCall<T> : timedCall<T>;
  return call(
    kernel,
    kind.method,
    () => run(span),
    (end: FollowedEnd<unknown>, durationSeconds: number) => {
      const unseen = isUnseen(end) ? end.unseen : undefined;
      const outcome: Outcome<unknown> = isUnseen(end) ? { threw: false, value: undefined } : end;
      const ended = (seconds: number): void => {
        try {
          kind.ended(parts, about, outcome, seconds, span, unseen);
        } catch (error) {
          dropCall(kernel, kind.method, error);
        }
        if (scope !== undefined) closeCall(scope);
        if (outcome.threw) failSpan(span, outcome.error);
        else if (unseen !== undefined) guarded(() => span.setAttribute(ATTR_STREAM_UNSEEN, unseen));
        endSpan(span);
      };
      if (outcome.threw || !scope?.streams) return ended(durationSeconds);
      const { clock } = kernel.registry;
      const waitsFrom = clock();
      scope.onLastStream = (idleMillis) =>
        callInContext(contextWithSpan(currentContext(), span), ended, [
          durationSeconds + Math.max(0, secondsSince(clock, waitsFrom + idleMillis)),
        ]);
    },
  );
}
