import type { Attributes } from '@opentelemetry/api';
import { wellFormed } from '../cardinality/label-text.js';
import type { SeriesIndex } from '../cardinality/registry-meter.js';

/** Labels that a histogram's buckets have of their own. */
export const HISTOGRAM_RESERVED: ReadonlySet<string> = new Set(['le']);
export const NONE_RESERVED: ReadonlySet<string> = new Set();

/** The labels of each row of one instrument as text, made once. */
export class SeriesTexts {
  private readonly texts: (string | undefined)[] = [];
  /** All texts; undefined until there is one that another row could have too. */
  private seen: Set<string> | undefined;
  private equal = false;

  constructor(
    private readonly rows: Pick<SeriesIndex, 'attributesOf'>,
    private readonly reserved: ReadonlySet<string>,
  ) {}

  /** Whether two rows have the same text, as far as texts have been asked for. */
  get collide(): boolean {
    return this.equal;
  }

  /** Rows from this one on have no text yet: they came after `collide` was asked. */
  get length(): number {
    return this.texts.length;
  }

  has(row: number): boolean {
    return this.texts[row] !== undefined;
  }

  of(row: number): string {
    return this.texts[row] ?? this.make(row);
  }

  /** Forgets the text of a row, whose number another may have next. */
  forget(row: number): void {
    const text = this.texts[row];
    if (text === undefined) return;
    this.texts[row] = undefined;
    if (!this.equal) this.seen?.delete(text); // of two equal ones it is not known which stays
  }

  private make(row: number): string {
    const { text, plain } = labelPairs(this.rows.attributesOf(row), this.reserved);
    if (!plain) this.seen ??= new Set(this.texts.filter((known) => known !== undefined));
    if (this.seen?.has(text)) this.equal = true;
    this.seen?.add(text);
    while (this.texts.length < row) this.texts.push(undefined); // no holes: they make an array slow
    this.texts[row] = text;
    return text;
  }
}

/** Labels as they stand between the braces. */
export interface LabelPairs {
  readonly text: string;
  /** Attributes that differ have different texts: names are as they were, and values are strings. */
  readonly plain: boolean;
}

/**
 * Attributes as labels: valid names, text values. Two attributes that end as one label (`a.b` beside `a_b`) have
 * their values joined by `;`, in the order of their own names, as the OpenTelemetry specification says. An empty label is
 * left out, because to Prometheus it is no label. If all names are valid, labels keep the order of the attributes;
 * otherwise they are sorted, so that sets which become equal have one text.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function labelPairs(attributes: Attributes, reserved: ReadonlySet<string>): LabelPairs {
  const given = Object.keys(attributes);
  const named = given.every((name) => labelName(name, reserved) === name);
  if (!named) given.sort();
  let plain = named;
  const labels = new Map<string, string>();
  for (const name of given) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    const label = named ? name : labelName(name, reserved);
    const text = wellFormed(typeof value === 'string' ? value : JSON.stringify(value));
    const before = labels.get(label);
    labels.set(label, before === undefined ? text : `${before};${text}`);
    plain &&= typeof value === 'string' && value !== '';
  }
  const pairs = named ? labels : [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '';
  for (const [label, value] of pairs) {
    if (value !== '') text += `${text === '' ? '' : ','}${label}="${escapedValue(value)}"`;
  }
  return { text: flatText(text), plain }; // in parts it would cost several times its own memory
}

function escapedValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * A label name as Prometheus accepts it. Colons are for rules, a double underscore at the start is reserved, and `le` on a
 * histogram would clash with its buckets: it becomes `exported_le`, as Prometheus itself names such clashes.
 * https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */
export function labelName(name: string, reserved: ReadonlySet<string>): string {
  const safe = safeName(name);
  return reserved.has(safe) ? `exported_${safe}` : safe;
}

/** A metric name as Prometheus accepts it: other characters become `_`, and a leading digit gets one before it. */
export function metricName(name: string): string {
  return safeName(name);
}

function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/_{2,}/g, '_');
  if (safe === '') return '_';
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
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
