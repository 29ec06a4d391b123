import type { LogValue } from '../common/host-types.js';
import { ATTR_CONTENT_INPUT, ATTR_CONTENT_OUTPUT, ATTR_REASON } from '../semconv/attributes.js';
import { bodyWithout, isContentInEvent, isContentKey } from './content-keys.js';
import { capturesContent, hostRedaction, redacted } from './redaction.js';

/** Attributes that hold what somebody has said, and with it perhaps a credential. */
const FREE_TEXT: ReadonlySet<string> = new Set([
  ATTR_REASON,
  ATTR_CONTENT_INPUT,
  ATTR_CONTENT_OUTPUT,
  'exception.message',
  'exception.stacktrace',
]);

/** In place of content. */
export const HIDDEN = '***';

/**
 * The value of an attribute as it is sent: free text without credentials, all text as the host's redaction leaves it, and
 * of prompts and answers nothing, unless they are captured.
 */
export function shownValue(key: string, value: unknown): unknown {
  if (isContentKey(key) && !capturesContent()) return HIDDEN;
  if (typeof value === 'string') {
    if (FREE_TEXT.has(key)) return redacted(value);
    return hostRedaction()?.(value) ?? value;
  }
  const redact = hostRedaction();
  if (redact === undefined || !Array.isArray(value)) return value;
  return value.map((item: unknown) => (typeof item === 'string' ? redact(item) : item));
}

/** The same of an attribute of an event of a span. */
export function shownInEvent(event: string, key: string, value: unknown): unknown {
  return isContentInEvent(event, key) && !capturesContent() ? HIDDEN : shownValue(key, value);
}

/**
 * The same of an attribute of a log record, which may be a list or a map.
 *
 * @param event - the name of the record, where it is an event
 */
export function shownLogValue(event: string | undefined, key: string, value: LogValue): LogValue {
  const isContent = event === undefined ? isContentKey(key) : isContentInEvent(event, key);
  if (isContent && !capturesContent()) return HIDDEN;
  return shownTexts(value, (text) => shownValue(key, text) as string);
}

/** The body of a log record. @param event - its name, where it is an event */
export function shownBody(event: string | undefined, body: LogValue): LogValue {
  const hides = event !== undefined && isContentKey(event) && !capturesContent();
  return shownTexts(hides ? bodyWithout(body, HIDDEN) : body, redacted);
}

/** The value with its texts as they may be shown, those within lists and maps among them. */
function shownTexts(value: LogValue, show: (text: string) => string): LogValue {
  if (typeof value === 'string') return show(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item: LogValue) => shownTexts(item, show));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shownTexts(item, show)]));
}
