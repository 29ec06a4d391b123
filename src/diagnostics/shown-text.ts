import { ATTR_CONTENT_INPUT, ATTR_CONTENT_OUTPUT, ATTR_REASON } from '../semconv/attributes.js';
import { isContentKey } from './content-keys.js';
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
