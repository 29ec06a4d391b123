import { UNKNOWN } from '../semconv/values.js';

/** Longest label value, in UTF-16 units; longer ones are cut. */
export const LABEL_MAX_LENGTH = 128;
/** Longest cause; what is longer is free text and does not become a label. */
const SLUG_MAX_LENGTH = 40;
const SLUG = /^[A-Za-z0-9_.:-]+$/;

/**
 * The text of a label value, whatever was given: absent is `unknown`, long text is cut, lone surrogates are replaced
 * (they would make two series equal on the wire). Never throws.
 */
export function labelText(value: unknown): string {
  if (typeof value !== 'string') {
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return String(value);
    return UNKNOWN;
  }
  if (value === '') return UNKNOWN;
  return wellFormed(value.length > LABEL_MAX_LENGTH ? value.slice(0, LABEL_MAX_LENGTH) : value);
}

/** A short cause: machine-readable text stays, a few words are joined, anything longer is `other`. */
export function slugText(value: unknown): string {
  const text = labelText(value);
  if (text.length <= SLUG_MAX_LENGTH && SLUG.test(text)) return text;
  const joined = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return joined !== '' && joined.length <= SLUG_MAX_LENGTH ? joined : 'other';
}

/** Replaces lone surrogates by U+FFFD, as UTF-8 encoding would. */
export function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
