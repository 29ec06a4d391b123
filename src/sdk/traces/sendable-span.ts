import { SpanKind, SpanStatusCode, type SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { labelText } from '../../cardinality/label-text.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Puts right in an ended span what the wire format cannot hold, since one such span fails its whole batch: text that is
 * none, a status that is none, links to nowhere. False for one that must be dropped, alone. Never throws.
 */
export function makeSendable(span: Writable<ReadableSpan>): boolean {
  try {
    if (typeof span.name !== 'string') span.name = labelText(span.name);
    if (typeof SpanKind[span.kind] !== 'string') span.kind = SpanKind.INTERNAL;
    const { code, message = '' } = span.status;
    if (typeof SpanStatusCode[code] !== 'string') span.status = { code: SpanStatusCode.UNSET };
    else if (typeof message !== 'string') span.status = { code, message: labelText(message) };
    for (const event of span.events) if (typeof event.name !== 'string') event.name = labelText(event.name);
    if (!span.links.every(({ context }) => isSendable(context))) {
      span.links = span.links.filter(({ context }) => isSendable(context));
    }
    const { name, version = '' } = span.instrumentationScope;
    return isSendable(span.spanContext()) && typeof name === 'string' && typeof version === 'string';
  } catch {
    return false;
  }
}

/** Whether the ids are bytes of the right length and the state is text, which a propagator of the host may have made. */
function isSendable(context: SpanContext): boolean {
  try {
    const { traceId, spanId, traceState } = context;
    const state = traceState === undefined || typeof traceState.serialize() === 'string';
    return /^[\da-f]{32}$/i.test(traceId) && /^[\da-f]{16}$/i.test(spanId) && state;
  } catch {
    return false;
  }
}
