import { type Attributes, context, type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { errorType, exceptionType } from '../common/outcome.js';
import { exceptionDetail, redacted } from '../diagnostics/redaction.js';
import { ATTR_ERROR_TYPE } from '../semconv/attributes.js';
import { contextWithSpan } from './active-context.js';

/**
 * The trace that each error was last recorded in: on its way up it sets the status of outer spans, but no second event.
 * By trace, because a host may throw one and the same object again, in another request.
 */
const recordedIn = new WeakMap<object, string>();

/** Whether what is set on the span is kept; nothing needs to be made for one that does not record. Never throws. */
export function isRecording(span: Span): boolean {
  try {
    return Boolean(span.isRecording());
  } catch {
    return false;
  }
}

/** Ends a span. Never throws, whatever its processors do. */
export function endSpan(span: Span): void {
  try {
    span.end();
  } catch {
    // Tracing never throws into the host.
  }
}

/**
 * Marks a span as failed: status ERROR, `error.type`, and the exception once, of which as much is shown as the host wants.
 * Never throws.
 */
export function failSpan(span: Span, error: unknown): void {
  const exception = shownException(asException(error));
  const { message } = exception;
  guarded(() => span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) }));
  guarded(() => span.setAttribute(ATTR_ERROR_TYPE, errorType(error)));
  guarded(() => {
    if (!span.isRecording()) return;
    if (error === null || typeof error !== 'object') return span.recordException(exception);
    const { traceId } = span.spanContext();
    if (recordedIn.get(error) === traceId) return;
    span.recordException(exception);
    recordedIn.set(error, traceId);
  });
}

/** Sets attributes, leaving out what is undefined; what is no object has none. Never throws. */
export function describeSpan(span: Span, attributes: Readonly<Record<string, unknown>>): void {
  if (typeof attributes !== 'object') return; // a text has a member for each of its characters
  try {
    for (const key of Object.keys(attributes)) setAttribute(span, key, attributes[key]);
  } catch {
    // What refuses to be read is not shown.
  }
}

/** Sets one attribute unless it is undefined. Throws what the span or its SDK throws. */
export function setAttribute(span: Span, key: string, value: unknown): void {
  if (value !== undefined) span.setAttribute(key, value as Attributes[string] & {});
}

/** Runs what must not reach the host: a span processor, sampler or span of its own may throw. */
export function guarded(act: () => unknown): void {
  try {
    act();
  } catch {
    // Tracing never throws into the host.
  }
}

interface ShownException {
  readonly name: string;
  readonly message?: string;
  readonly stack?: string;
}

/** The type alone says what failed; what a tool or a model has said may be in the rest. */
function shownException(error: Error): ShownException {
  const name = exceptionType(error);
  try {
    const detail = exceptionDetail();
    if (detail === 'type') return { name };
    const message = redacted(String(error.message));
    const { stack } = error;
    return {
      name,
      message,
      ...(detail === 'full' && typeof stack === 'string' && { stack: redacted(stack) }),
    };
  } catch {
    return { name };
  }
}

function asException(error: unknown): Error {
  try {
    // By shape: an Error of another realm is no instance of this one's.
    if (error !== null && typeof error === 'object' && typeof (error as Error).message === 'string') {
      return error as Error;
    }
    return new Error(typeof error === 'object' ? 'a value that is not an Error was thrown' : String(error));
  } catch {
    return new Error('an unprintable value was thrown');
  }
}

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
    run: <T>(fn: () => T) =>
      typeof fn === 'function' ? context.with(contextWithSpan(parent, span), fn) : (undefined as T),
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
