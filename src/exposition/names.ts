import { wellFormed } from '../cardinality/label-text.js';
import type { FamilyType } from './exposed-family.js';
import type { NameEscaping } from './exposition-source.js';

/**
 * How names are written on a page: as a scraper asked for, or where it asked for nothing as the OpenTelemetry
 * specification translates them.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
export type NameScheme = NameEscaping | 'otel';

/** The registry's names are the same for all scrapers, and what the push by OTLP makes of them in Prometheus. */
export function schemeOf({ registry }: { readonly registry: boolean }, asked: NameScheme): NameScheme {
  return registry ? 'otel' : asked;
}

const METRIC_NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/;
const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const METRIC_CHARACTER = /[A-Za-z0-9_:]/;
const LABEL_CHARACTER = /[A-Za-z0-9_]/;
const TOTAL = '_total';

/** The family of an instrument before it is written in any scheme: that of a counter ends with `_total`. */
function familyName(name: string, type: FamilyType): string {
  const given = wellFormed(name);
  return type === 'counter' && !hasTotal(given) ? given + TOTAL : given;
}

/** A name that is `_total` alone has no base, which OpenMetrics needs. */
function hasTotal(name: string): boolean {
  return name.endsWith(TOTAL) && name.length > TOTAL.length;
}

/**
 * The names that an instrument may have on a page, the best one first. Each is valid. A further one is for where another
 * instrument has the first.
 */
export function exposedNames(name: string, type: FamilyType, scheme: NameScheme): readonly string[] {
  const full = familyName(name, type);
  const encoded = encode(full, METRIC_CHARACTER);
  const first = (scheme === 'otel' ? translated(name, type) : escaped(full, scheme)) ?? encoded;
  if (type !== 'counter') return [first, encoded];
  // Two counters that differ by `_total` alone are the same in full.
  const given = wellFormed(name);
  const other =
    full === given ? encode(given + TOTAL, METRIC_CHARACTER) : encode(given, METRIC_CHARACTER) + TOTAL;
  return [first, encoded, other];
}

/** As the OpenTelemetry specification says; undefined where nothing that could be read would be left. */
function translated(name: string, type: FamilyType): string | undefined {
  const plain = safeName(name);
  if (isBlank(plain) && plain !== name) return undefined;
  if (type !== 'counter' || hasTotal(plain)) return plain;
  const base = plain.length > 1 && plain.endsWith('_') ? plain.slice(0, -1) : plain;
  return base + TOTAL;
}

/** As Prometheus escapes on a page, where names that are valid stay as they are. */
function escaped(name: string, scheme: NameEscaping): string {
  if (METRIC_NAME.test(name)) return name;
  return scheme === 'allow-utf-8' ? quotable(name) : escapedAs(name, scheme, METRIC_CHARACTER);
}

/**
 * A label name in a scheme. A colon is for rules, and valid in names of metrics alone. A double underscore at the start is
 * reserved, and what `reserved` holds the page writes itself: such a name becomes `exported_…`, as Prometheus itself names
 * such clashes.
 * https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */
export function labelName(name: string, reserved: ReadonlySet<string>, scheme: NameScheme = 'otel'): string {
  const label = labelIn(name, scheme);
  return reserved.has(label) || label.startsWith('__') ? `exported_${label}` : label;
}

function labelIn(name: string, scheme: NameScheme): string {
  if (scheme === 'otel') {
    const safe = safeName(name);
    return isBlank(safe) && !isBlank(name) && name !== '' ? encode(wellFormed(name), LABEL_CHARACTER) : safe;
  }
  if (LABEL_NAME.test(name)) return name;
  const given = wellFormed(name);
  return scheme === 'allow-utf-8' ? quotable(given) : escapedAs(given, scheme, LABEL_CHARACTER);
}

/** A label name as it stands before its `=`. */
export function writtenLabel(label: string): string {
  return LABEL_NAME.test(label) ? label : quoted(label);
}

/** A metric's name as it stands in the lines before its samples. */
export function writtenName(name: string): string {
  return METRIC_NAME.test(name) ? name : quoted(name);
}

/** The parts of a sample around its labels. A name in quotes stands between the braces, before them. */
export interface SampleName {
  /** Before labels that are followed by `} `. */
  readonly open: string;
  /** Where there are no labels. */
  readonly bare: string;
}

export function sampleName(name: string): SampleName {
  if (METRIC_NAME.test(name)) return { open: `${name}{`, bare: name };
  const text = quoted(name);
  return { open: `{${text},`, bare: `{${text}}` };
}

function quoted(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}

/** A name that can stand in quotes: the lexer of Prometheus takes a zero for the end of the page there. */
function quotable(name: string): string {
  return name.includes('\0') ? encode(name, LABEL_CHARACTER) : name;
}

/** https://prometheus.io/docs/instrumenting/escaping_schemes/ */
function escapedAs(name: string, scheme: 'underscores' | 'dots' | 'values', valid: RegExp): string {
  if (scheme === 'values') return encode(name, valid);
  const dots = scheme === 'dots';
  let text = '';
  for (const character of name) {
    if (dots && character === '.') text += '_dot_';
    else if (dots && character === '_') text += '__';
    else if (mayStand(character, text, valid)) text += character;
    else text += dots ? '__' : '_';
  }
  return text;
}

/** Each character that may not stand becomes its number; different names become different ones. */
function encode(name: string, valid: RegExp): string {
  let text = '';
  for (const character of name) {
    if (character === '_') text += '__';
    else if (mayStand(character, text, valid)) text += character;
    else text += `_${(character.codePointAt(0) as number).toString(16)}_`;
  }
  return `U__${text}`;
}

/** No name begins with a digit. */
function mayStand(character: string, before: string, valid: RegExp): boolean {
  return valid.test(character) && (before !== '' || !/[0-9]/.test(character));
}

/** Other characters become one `_`, and a leading digit gets one before it. */
function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/_{2,}/g, '_');
  if (safe === '') return '_';
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

function isBlank(name: string): boolean {
  return /^_+$/.test(name);
}
