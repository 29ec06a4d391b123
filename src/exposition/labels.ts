import type { Attributes } from '@opentelemetry/api';
import { wellFormed } from '../cardinality/label-text.js';
import { labelName, type NameScheme, writtenLabel } from './names.js';

/** Labels that a histogram's buckets have of their own. */
export const HISTOGRAM_RESERVED: ReadonlySet<string> = new Set(['le']);
export const NONE_RESERVED: ReadonlySet<string> = new Set();

/** Labels as they stand between the braces. */
export interface LabelPairs {
  readonly text: string;
  /** Whether all names are as they were, whichever scheme names are written in. */
  readonly named: boolean;
  /** Attributes that differ have different texts: names are as they were, and values are strings. */
  readonly plain: boolean;
}

/**
 * Attributes as labels: valid names, text values. Two attributes that end as one label (`a.b` beside `a_b`) have
 * their values joined by `;`, in the order of their own names, as the OpenTelemetry specification says. An empty label is
 * left out, because to Prometheus it is no label. If all names are valid, labels keep the order of the attributes;
 * otherwise they are sorted, so that sets which become equal have one text.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 *
 * @throws Error where what came of it is no labels
 */
export function labelPairs(
  attributes: Attributes,
  reserved: ReadonlySet<string>,
  scheme: NameScheme = 'otel',
): LabelPairs {
  const given = Object.keys(attributes);
  const named = given.every((name) => labelName(name, reserved) === name);
  if (!named) given.sort();
  let plain = named;
  const labels = new Map<string, string>();
  for (const name of given) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    const label = named ? name : labelName(name, reserved, scheme);
    const text = wellFormed(typeof value === 'string' ? value : JSON.stringify(value));
    const before = labels.get(label);
    labels.set(label, before === undefined ? text : `${before};${text}`);
    plain &&= typeof value === 'string' && value !== '';
  }
  const pairs = named ? labels : [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '';
  for (const [label, value] of pairs) {
    if (value === '') continue;
    const name = named ? label : writtenLabel(label);
    text += `${text === '' ? '' : ','}${name}="${escapedValue(value)}"`;
  }
  if (!LABELS.test(text)) throw new Error(`labels that no page can have: ${text.slice(0, 80)}`);
  return { text: flatText(text), named, plain }; // in parts it would cost several times its own memory
}

/** What may stand between the braces after a metric's name. */
const LABELS = /^(?:(?:[A-Za-z_]\w*|"(?:[^"\\\n\0]|\\.)+")="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!$)|$))*$/;

function escapedValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Kept, so that no compiler removes the read. */
let firstCode = 0;

/**
 * The same text in one block of memory. A text that was put together by `+` is a tree of its parts until somebody reads
 * it. Reading it now frees the parts while they are young, and not those of a whole page at once.
 */
export function flatText(text: string): string {
  firstCode = text.charCodeAt(0);
  return Number.isNaN(firstCode) ? '' : text;
}
