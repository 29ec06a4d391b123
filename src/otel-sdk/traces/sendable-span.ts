import { SpanKind, SpanStatusCode, trace, type Link, type SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { labelText } from '../../cardinality/label-text.js';
import { isContentInEvent, isContentKey } from '../../diagnostics/content-keys.js';
import { capturesContent } from '../../diagnostics/redaction.js';
import { HIDDEN } from '../../diagnostics/shown-text.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Puts right in an ended span what the wire format cannot hold, since one such span fails its whole batch: text that is
 * none, a status that is none, links to nowhere. False for one that must be dropped, alone. Never throws. Every span
 * comes by here, so a sound one is only looked at: nothing is made for it.
 */
export function makeSendable(span: Writable<ReadableSpan>): boolean {
  try {
    if (typeof span.name !== 'string') span.name = labelText(span.name);
    if (typeof SpanKind[span.kind] !== 'string') span.kind = SpanKind.INTERNAL;
    const { code, message } = span.status;
    if (typeof SpanStatusCode[code] !== 'string') span.status = { code: SpanStatusCode.UNSET };
    else if (message !== undefined && typeof message !== 'string') {
      span.status = { code, message: labelText(message) };
    }
    if (!capturesContent()) hideContent(span);
    if (span.events.length > 0) nameEvents(span);
    if (span.links.length > 0) dropLinksToNowhere(span);
    const { name, version } = span.instrumentationScope;
    const scoped = typeof name === 'string' && (version === undefined || typeof version === 'string');
    const context = span.spanContext();
    return scoped && trace.isSpanContextValid(context) && hasSendableState(context);
  } catch {
    return false;
  }
}

/** As our own pipeline does where it writes a span. */
function hideContent({ attributes, events }: ReadableSpan): void {
  for (const key in attributes) if (isContentKey(key)) attributes[key] = HIDDEN;
  for (const { name, attributes: held } of events)
    for (const key in held) if (isContentInEvent(name, key)) held[key] = HIDDEN;
}

function nameEvents({ events }: ReadableSpan): void {
  for (const event of events) if (typeof event.name !== 'string') event.name = labelText(event.name);
}

function dropLinksToNowhere(span: Writable<ReadableSpan>): void {
  const sendable = span.links.filter(leadsSomewhere);
  if (sendable.length < span.links.length) span.links = sendable;
}

/** Whether a link's ids are bytes of the right length, and its state is text: a propagator of the host may have made it. */
function leadsSomewhere({ context }: Link): boolean {
  try {
    const { traceId, spanId } = context;
    return /^[\da-f]{32}$/i.test(traceId) && /^[\da-f]{16}$/i.test(spanId) && hasSendableState(context);
  } catch {
    return false;
  }
}

function hasSendableState({ traceState }: SpanContext): boolean {
  return traceState === undefined || typeof traceState.serialize() === 'string';
}
