import { context, trace, type Span } from '@opentelemetry/api';
import { describeSpan, failSpan, guarded } from './span-lifecycle.js';

/** A started span for those who cannot wrap a function. */
export interface ManualSpan {
  readonly span: Span;
  /** Runs `fn` with the span active, so that what it starts nests; does not end the span. */
  run<T>(fn: () => T): T;
  /** Ends the span, as failed where an error is given. Only the first call counts. */
  end(outcome?: { error?: unknown; attributes?: Readonly<Record<string, unknown>> }): void;
}

export function manualSpan(span: Span, parent = context.active()): ManualSpan {
  let ended = false;
  return {
    span,
    run: (fn) => context.with(trace.setSpan(parent, span), fn),
    end(outcome) {
      if (ended) return;
      ended = true;
      guarded(() => outcome?.attributes && describeSpan(span, outcome.attributes));
      guarded(() => outcome?.error !== undefined && failSpan(span, outcome.error));
      guarded(() => span.end());
    },
  };
}
