import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Warn } from './otlp-target.js';

type Headers = Readonly<Record<string, string>>;

/** What the sender says itself: of the message, and of the connection. */
const OWN_HEADERS =
  /^(content-(type|length|encoding)|transfer-encoding|connection|te|trailer|upgrade|expect|:.*)$/;

/**
 * Headers written in a variable: key=value, several by comma, with values encoded as in a URL, as W3C Baggage has them.
 * What cannot be read is left out, and told once without its text: it may be a credential.
 */
export function parsedHeaders(name: string, text: string, warn: Warn): Headers {
  const headers: Record<string, string> = {};
  let unusable = 0;
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const key = decoded(pair.slice(0, Math.max(0, at)).trim());
    const value = decoded(pair.slice(at + 1).trim());
    if (key !== undefined && value !== undefined && isHeader(key, value)) headers[key] = value;
    else unusable++;
  }
  if (unusable > 0) {
    warn(
      name,
      `${name} has ${unusable === 1 ? 'an entry that is no header, which is' : `${unusable} entries that are no headers, which are`} not sent. Write name=value, several by comma, other characters encoded as in a URL (a space is %20).`,
    );
  }
  return headers;
}

/** All of them by names in lower case, the later ones win; what the sender says itself is left out. */
export function mergedHeaders(...sources: readonly Headers[]): Headers {
  const merged = new Map<string, string>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      const lower = name.toLowerCase();
      if (!OWN_HEADERS.test(lower)) merged.set(lower, value);
    }
  }
  return Object.fromEntries(merged);
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
