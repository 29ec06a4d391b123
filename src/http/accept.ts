import { readWeight } from './weight.js';

/** One element of an Accept header, in lower case. */
export interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** The parameter `version`, if there is one. */
  readonly version: string | undefined;
  /** From 0, not acceptable, to 1. */
  readonly weight: number;
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The media ranges of an Accept header. One that is malformed is left out, whichever part of it is; a quote that
 * is not closed reaches to the end.
 *
 * Source: RFC 9110 §12.5.1.
 */
export function mediaRanges(accept: string): MediaRange[] {
  return splitUnquoted(accept.toLowerCase(), ',').flatMap((element) => mediaRange(element) ?? []);
}

function mediaRange(element: string): MediaRange | undefined {
  const [range = '', ...parameters] = splitUnquoted(element, ';').map((part) => part.trim());
  const [type = '', subtype = '', ...surplus] = range.split('/');
  if (surplus.length > 0 || !TOKEN.test(type) || !TOKEN.test(subtype)) return undefined;
  if (type === '*' && subtype !== '*') return undefined;

  let version: string | undefined;
  let weight = 1;
  for (const parameter of parameters) {
    const at = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(at, 0)).trimEnd();
    const value = unquoted(parameter.slice(at + 1).trimStart());
    if (name === 'version') version = value;
    if (name !== 'q') continue;
    const read = readWeight(value);
    if (read === undefined) return undefined;
    weight = read;
  }
  return { type, subtype, version, weight };
}

/** Splits at a separator that is not in a quoted string (RFC 9110 §5.6.4), in one pass. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function unquoted(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}
