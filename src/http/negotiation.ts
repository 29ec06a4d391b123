import type { ExpositionFormat, ExpositionVariant, NameEscaping } from '../exposition/exposition-source.js';

/** What a scraper is given. */
export interface Negotiated extends ExpositionVariant {
  readonly format: ExpositionFormat;
}

/**
 * The format that an Accept header prefers; text if it prefers none, admits neither or cannot be read.
 *
 * OpenMetrics is given for 1.0.0 and where no version is named, which stands for 1.0.0 in its specification. Its
 * draft 0.0.1, which Prometheus asks for beside 1.0.0, is another matter: a scraper that knows no more gets text if
 * it admits text, as from Prometheus' own client for Python. If it names nothing but the draft it gets 1.0.0, which
 * Prometheus reads with the parser that it has for 0.0.1. How names are written is what the range that is followed says by
 * `escaping`; https://prometheus.io/docs/instrumenting/content_negotiation/. Text 1.0.0 is given where it is asked for more
 * than 0.0.4, and with an escaping, which is what it differs by. Other parameters do not count.
 *
 * Never throws; takes time in proportion to the length of the header.
 *
 * Source: RFC 9110 §12.5.1.
 */
export function negotiate(accept: string | undefined): Negotiated {
  if (accept === undefined) return { format: 'text' };
  const ranges = mediaRanges(accept);
  const of = (type: string, subtype: string, version: string): Choice =>
    bestOf(ranges, type, subtype, version);
  const text0 = of('text', 'plain', '0.0.4');
  const text1 = of('text', 'plain', '1.0.0');
  const openMetrics = of('application', 'openmetrics-text', '1.0.0');
  const isText1 = text1.escaping !== undefined && text1.version !== undefined && text1.weight > text0.weight;
  const text = isText1 ? text1 : text0;
  if (openMetrics.weight > text.weight) return { format: 'openmetrics', escaping: openMetrics.escaping };
  if (text.weight > 0) {
    return { format: 'text', escaping: text.escaping, textVersion: isText1 ? '1.0.0' : undefined };
  }
  const draft = of('application', 'openmetrics-text', '0.0.1');
  return { format: draft.weight > 0 ? 'openmetrics' : 'text' };
}

/** The format alone. */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  return negotiate(accept).format;
}

type Choice = Pick<MediaRange, 'weight' | 'escaping' | 'version'>;
const NONE: Choice = { weight: 0, escaping: undefined, version: undefined };

/** The most specific range that has this media type in it; of weight 0 if none has. */
function bestOf(ranges: readonly MediaRange[], type: string, subtype: string, version: string): Choice {
  let best = { specificity: -1, range: NONE };
  for (const range of ranges) {
    const specificity = specificityOf(range, type, subtype, version);
    if (specificity < 0 || specificity < best.specificity) continue;
    // Of two that say as much, the larger weight.
    const isMore = specificity > best.specificity || range.weight > best.range.weight;
    if (isMore) best = { specificity, range };
  }
  return best.range;
}

/** How exactly a range names a media type; negative if it does not have it. */
function specificityOf(range: MediaRange, type: string, subtype: string, version: string): number {
  if (range.version !== undefined && range.version !== version) return -1;
  if (range.type === type && range.subtype === subtype) return range.version === undefined ? 2 : 3;
  if (range.subtype !== '*') return -1;
  if (range.type === type) return 1;
  return range.type === '*' ? 0 : -1;
}

/**
 * Whether the value of an Accept-Encoding header admits gzip and does not prefer the plain text to it. A
 * coding named outright wins over `*`; a malformed weight counts as 0, since plain text is always understood.
 *
 * Source: RFC 9110 §12.5.3.
 */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  const weights = new Map<string, number>();
  for (const element of String(header).toLowerCase().split(',')) {
    const [coding = '', ...parameters] = element.split(';').map((part) => part.trim());
    weights.set(coding === 'x-gzip' ? 'gzip' : coding, weightIn(parameters));
  }
  const gzip = weights.get('gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}

function weightIn(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=').map((part) => part.trim());
    if (name === 'q') return readWeight(value) ?? 0;
  }
  return 1;
}

/** One element of an Accept header, in lower case. */
export interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** The parameter `version`, if there is one. */
  readonly version: string | undefined;
  /** The parameter `escaping`, where it is one that Prometheus knows. */
  readonly escaping: NameEscaping | undefined;
  /** From 0, not acceptable, to 1. */
  readonly weight: number;
}

const ESCAPINGS: readonly NameEscaping[] = ['allow-utf-8', 'underscores', 'dots', 'values'];

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
  let escaping: NameEscaping | undefined;
  let weight = 1;
  for (const parameter of parameters) {
    const at = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(at, 0)).trimEnd();
    const value = unquoted(parameter.slice(at + 1).trimStart());
    if (name === 'version') version = value;
    if (name === 'escaping') escaping = ESCAPINGS.find((each) => each === value);
    if (name !== 'q') continue;
    const read = readWeight(value);
    if (read === undefined) return undefined;
    weight = read;
  }
  return { type, subtype, version, escaping, weight };
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

/** RFC 9110 §12.4.2: up to three decimals between 0 and 1. */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The value of a parameter `q` in a header of content negotiation; undefined when it is malformed. */
export function readWeight(value: string): number | undefined {
  return WEIGHT.test(value) ? Number(value) : undefined;
}
