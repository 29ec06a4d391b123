import { context, type Context, type Span } from '@opentelemetry/api';
import { contextWithSpan } from '../overlay-context.js';
import { describeSpan, endSpan, failSpan } from './span-lifecycle.js';

/** A started span for those who cannot wrap a function. */
export interface ManualSpan {
  readonly span: Span;
  /** Runs `fn` with the span active, so that what it starts nests; does not end the span. */
  run<T>(fn: () => T): T;
  /** Ends the span, as failed where an error is given. Only the first call counts. */
  end(outcome?: { error?: unknown; attributes?: Readonly<Record<string, unknown>> }): void;
}

type SpanOutcome = NonNullable<Parameters<ManualSpan['end']>[0]>;

export function manualSpan(span: Span, parent: Context): ManualSpan {
  let ended = false;
  return {
    span,
    run: (fn) => context.with(contextWithSpan(parent, span), fn),
    end(outcome) {
      if (ended) return;
      ended = true;
      if (outcome) showOutcome(span, outcome);
      endSpan(span);
    },
  };
}

/** Each part for itself: the caller's object may refuse one of them. */
function showOutcome(span: Span, outcome: SpanOutcome): void {
  try {
    if (outcome.attributes) describeSpan(span, outcome.attributes);
  } catch {
    // What refuses to be read is not shown.
  }
  try {
    if (outcome.error !== undefined) failSpan(span, outcome.error);
  } catch {
    // The same.
  }
}
