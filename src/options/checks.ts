import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isIP } from 'node:net';
import { MAX_TIMER_MILLIS } from '../common/clock.js';
import type { OptionProblem } from '../diagnostics/errors.js';
import type { OptionPath } from './option-row.js';

/** What one option takes. */
export interface Check {
  readonly code: OptionProblem['code'];
  /** What is accepted, for messages and for the documents. */
  readonly accepts: string;
  test(value: unknown): boolean;
  /** What each entry of a list must be: those at fault are named, where the whole would say little. */
  readonly entry?: Pick<Check, 'accepts' | 'test'>;
  /** The same of an object whose values are checked one by one. */
  readonly member?: Check['test'];
  /** What is wrong with a refused value of which nothing may be shown. */
  why?(value: unknown): string;
}

const check = (code: Check['code'], accepts: string, test: Check['test']): Check => ({ code, accepts, test });

export const text = check(
  'type',
  'a non-empty string',
  (value) => typeof value === 'string' && value.trim() !== '',
);
export const flag = check('type', 'true or false', (value) => typeof value === 'boolean');
export const callable = check('type', 'a function', (value) => typeof value === 'function');
export const section = check('type', 'an object of options', isPlainObject);
export const sectionOrFalse = check(
  'type',
  'an object of options, or false',
  (value) => value === false || isPlainObject(value),
);
export const objects = listOf(check('type', 'an object', isPlainObject), 'an array of objects');
export const agentOptions = check(
  'type',
  'http.Agent options, or a function that makes an agent',
  (value) => isPlainObject(value) || typeof value === 'function',
);

export function integer(min: number, max: number, what: string): Check {
  return check(
    'range',
    `an integer from ${min} to ${max} (${what})`,
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  );
}

export function millis(min: number): Check {
  return integer(min, MAX_TIMER_MILLIS, 'milliseconds');
}

export function oneOf(...words: readonly string[]): Check {
  return check('range', `one of ${words.join(', ')}`, (value) => words.includes(value as string));
}

/** Words parted by commas, all of them known. */
export function wordsOf<W extends string>(value: string, known: readonly W[]): W[] | undefined {
  const words = value.split(',').map((word) => word.trim().toLowerCase());
  return words.every((word): word is W => known.includes(word as W)) ? words : undefined;
}

/** Something that has this method. */
export function having(method: string, accepts: string): Check {
  return check('type', accepts, (value) => hasMethod(value, method));
}

export function listHaving(method: string, what: string): Check {
  return listOf(having(method, what), `an array of ${what}`);
}

export function listOf(entry: Check, accepts: string): Check {
  const test = (value: unknown): boolean => Array.isArray(value) && value.every((item) => entry.test(item));
  return { ...check(entry.code, accepts, test), entry };
}

function mapOf(member: Check['test'], accepts: string): Check {
  const test = (value: unknown): boolean => isPlainObject(value) && Object.values(value).every(member);
  return { ...check('type', accepts, test), member };
}

export const urlPath = check(
  'format',
  'a path of ASCII with a leading slash and without query, as /metrics',
  (value) => typeof value === 'string' && /^\/[!"$->@-~]*$/.test(value),
);

/** Something that can be bound as an address, IPv6 with or without brackets, or by a name. */
export const hostName = check(
  'format',
  'an IP address or host name, as 127.0.0.1 or ::1',
  (value) =>
    typeof value === 'string' &&
    (isIP(value.replace(/^\[|\]$/g, '')) > 0 || /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(value)),
);

export const baseUrl = check(
  'format',
  'an http or https URL without query and fragment, to which /v1/traces is appended, as http://localhost:4318',
  (value) =>
    typeof value === 'string' &&
    /^https?:\/\/[^?#]*$/i.test(value) &&
    !/\/v1\/(traces|metrics|logs)\/*$/.test(value) &&
    URL.canParse(value),
);

export const headers = check(
  'type',
  'an object of strings that HTTP takes as names and values of headers',
  (value) => isPlainObject(value) && Object.entries(value).every(isHeader),
);

export const attributes = mapOf(
  isAttribute,
  'an object of strings, finite numbers and booleans, or arrays of one of them',
);

const GAUGE_RULES = ['sum', 'max', 'min', 'last'];
export const gaugeRules = mapOf(
  (rule) => GAUGE_RULES.includes(rule as string),
  `an object of ${GAUGE_RULES.join(', ')} by the name of a gauge`,
);

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What stands at a path, as `prometheus.port`. */
export function givenAt(options: unknown, path: string): unknown {
  const step = (within: unknown, name: string): unknown => (isPlainObject(within) ? within[name] : undefined);
  return path.split('.').reduce(step, options);
}

function hasMethod(value: unknown, method: string): boolean {
  return typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function';
}

function isHeader([name, value]: [string, unknown]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
    return typeof value === 'string';
  } catch {
    return false;
  }
}

function isAttribute(value: unknown): boolean {
  if (value === undefined) return true; // left out
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.every(
    (item) =>
      typeof item === typeof items[0] &&
      (typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item)),
  );
}

const LONGEST = 60;

/** Options that hold secrets. */
const NEVER_SHOWN: ReadonlySet<OptionPath> = new Set(['otlp.headers', 'prometheus.auth', 'prometheus.tls']);

/** A value of an option for a message: short, and never a secret. */
export function shownValue(value: unknown, path: OptionPath): string {
  if (NEVER_SHOWN.has(path)) return `${typeof value} (not shown)`;
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Credentials stand before the `@` of a URL, in its query and in its fragment: scheme and host alone are shown then. */
function shownText(text: string): string {
  let open = text;
  if (/[@?#]/.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.host) open = `${url.protocol}//${url.host}/…`;
    else if (text.includes('@')) return 'a string with "@" (not shown)';
    else open = text.replace(/([?#]).*$/s, '$1…');
  }
  return JSON.stringify(open.length > LONGEST ? `${open.slice(0, LONGEST)}…` : open);
}
