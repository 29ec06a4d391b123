import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { secondsSince } from '../common/clock.js';
import { observeOutcome, type Outcome } from '../common/outcome.js';
import { CALL_SCOPE, type CallScope } from '../instruments/call-scope.js';
import { activeContext, dropCall } from '../instruments/host-calls.js';
import type { CmvkMetrics, KernelMetrics } from '../instruments/index.js';
import { callInContext, contextWithSpan, withValue } from '../tracing/active-context.js';
import type { KernelTracer, SpanWork } from '../tracing/index.js';
import { endSpan, failSpan } from '../tracing/span-lifecycle.js';

/** What the calls record with. */
export interface CallParts {
  readonly kernel: KernelMetrics;
  readonly cmvk: CmvkMetrics;
  readonly tracer: KernelTracer;
}

/** One kind of call: its span, and what is recorded, in the context of the span, when it has ended. */
export interface CallKind<About> {
  readonly method: string;
  start(tracer: KernelTracer, about: About): Span;
  ended(parts: CallParts, about: About, outcome: Outcome<unknown>, durationSeconds: number, span: Span): void;
}

/** Runs a function of the host in a span of its own, and follows what it gives to its end. Adds nothing that throws. */
export function followedCall<About, T>(
  parts: CallParts,
  kind: CallKind<About>,
  about: About,
  run: SpanWork<T>,
  scope?: CallScope,
): T {
  const span = started(parts, kind, about);
  const outer = activeContext() ?? ROOT_CONTEXT;
  const inner = contextWithSpan(scope === undefined ? outer : withValue(outer, CALL_SCOPE, scope), span);
  return callInContext(inner, follow<About, T>, [parts, kind, about, run, span]);
}

function started<About>(parts: CallParts, kind: CallKind<About>, about: About): Span {
  try {
    return kind.start(parts.tracer, about);
  } catch (error) {
    dropCall(parts.kernel, kind.method, error);
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
}

function follow<About, T>(
  parts: CallParts,
  kind: CallKind<About>,
  about: About,
  run: SpanWork<T>,
  span: Span,
): T {
  const { clock } = parts.kernel.registry;
  const start = clock();
  return observeOutcome(
    () => run(span),
    (outcome) => {
      try {
        kind.ended(parts, about, outcome, secondsSince(clock, start), span);
      } catch (error) {
        dropCall(parts.kernel, kind.method, error);
      }
      if (outcome.threw) failSpan(span, outcome.error);
      endSpan(span);
    },
  );
}
