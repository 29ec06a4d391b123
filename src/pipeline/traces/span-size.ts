import type { SpanEvent, SpanRecord } from './span-record.js';
import { traceStateText, type SpanLink } from './span-links.js';

/** Ids, times, kind, flags, counts, and the heads of the messages between. */
const SPAN = 128;
const ATTRIBUTE = 16;
const NUMBER = 12;
const EVENT = 32;
const LINK = 64;

/** Longest text that is taken at its worst, three bytes a character; a longer one is measured. */
const SHORT_TEXT = 64;

/** At least the bytes that a span takes as a message, and its texts in memory. */
export function estimatedSpanBytes(
  { name, status, traceState }: SpanRecord,
  attributes: readonly unknown[],
  events: readonly SpanEvent[] | undefined,
  links: readonly SpanLink[] | undefined,
): number {
  let bytes = SPAN + valueBytes(name) + valueBytes(status.message);
  if (traceState !== undefined) bytes += valueBytes(traceStateText(traceState));
  for (const part of attributes) if (part !== undefined) bytes += ATTRIBUTE / 2 + valueBytes(part);
  for (const event of events ?? []) bytes += EVENT + valueBytes(event.name) + objectBytes(event.attributes);
  for (const { context, attributes: given } of links ?? []) {
    bytes += LINK + objectBytes(given);
    if (context.traceState) bytes += valueBytes(traceStateText(context.traceState));
  }
  return bytes;
}

function objectBytes(attributes: Readonly<Record<string, unknown>> = {}): number {
  let bytes = 0;
  for (const key of Object.keys(attributes))
    bytes += ATTRIBUTE + valueBytes(key) + valueBytes(attributes[key]);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  if (!Array.isArray(value)) return NUMBER;
  let bytes = NUMBER;
  for (const item of value as unknown[]) bytes += NUMBER + (typeof item === 'string' ? textBytes(item) : 0);
  return bytes;
}

/** Text is kept with one byte a character, or with two if one of them needs it. */
function textBytes(text: string): number {
  if (text.length <= SHORT_TEXT) return text.length * 3;
  const bytes = Buffer.byteLength(text);
  return bytes === text.length ? bytes : Math.max(bytes, text.length * 2);
}
