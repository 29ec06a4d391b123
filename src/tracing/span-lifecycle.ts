import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '../semconv/attributes.js';
import { errorType } from '../outcome.js';

/** Errors already recorded on a span: on their way up they set the status of outer spans, but no second event. */
const recorded = new WeakSet<object>();

/** Marks a span as failed: status ERROR, `error.type`, and the exception once. Never throws. */
export function failSpan(span: Span, error: unknown): void {
  guarded(() => {
    const exception = asException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
    span.setAttribute(ATTR_ERROR_TYPE, errorType(error));
    if (error !== null && typeof error === 'object') {
      if (recorded.has(error)) return;
      recorded.add(error);
    }
    span.recordException(exception);
  });
}

/** Sets attributes, leaving out what is undefined. Never throws. */
export function describeSpan(span: Span, attributes: Readonly<Record<string, unknown>>): void {
  guarded(() => {
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) span.setAttribute(key, value as Attributes[string] & {});
    }
  });
}

/** Runs what must not reach the host: a span processor, sampler or span of its own may throw. */
export function guarded(act: () => void): void {
  try {
    act();
  } catch {
    // Tracing never throws into the host.
  }
}

function asException(error: unknown): Error {
  if (error instanceof Error) return error;
  try {
    return new Error(typeof error === 'object' ? 'a value that is not an Error was thrown' : String(error));
  } catch {
    return new Error('an unprintable value was thrown');
  }
}
