import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { ALL_LABELS, OVERFLOW } from '../semconv/values.js';
import { attributeEntries, type AttributeEntry, MAX_ATTRIBUTES } from './attribute-values.js';
import { AttributeValues } from './attribute-values.js';
import type { CardinalityLimits } from './cardinality-limits.js';
import type { SeriesIndexListener } from './label-series-index.js';
import type { SeriesIndex } from './registry-meter.js';
import { SlotMap } from './tuple-table.js';
import { TupleTable } from './tuple-table.js';

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute */
const OVERFLOW_ATTRIBUTES: Attributes = Object.freeze({ 'otel.metric.overflow': true });
const OVERFLOW_KEY = JSON.stringify(Object.keys(OVERFLOW_ATTRIBUTES));
/** Steps in the tree of key orders at most; attributes in further orders take the slow way. */
const MAX_STEPS = 1000;
/** Names that may follow one another at one place; further ones take the slow way. */
const MAX_NEXT = 16;

/**
 * The series of one instrument with attributes of any shape. Attributes are read at the call and never kept. Equal
 * attributes have the same row, in whatever order their names stand. Bounded for the life of the process.
 */
export class AttributeSeriesIndex implements SeriesIndex {
  private root = new KeyOrder(undefined);
  private steps = 0;
  private readonly sets = new Map<string, NameSet>();
  private readonly values = new Map<string, AttributeValues>();
  private readonly attributes = new SlotMap<Attributes>();
  /** The row of the overflow series, which the limit does not count; -1 for none. */
  private overflowRow = -1;
  /** The row of the series without attributes; -1 for none. */
  private bareRow = -1;
  private readonly ids = new Int32Array(MAX_ATTRIBUTES);
  private readonly sorted = new Int32Array(MAX_ATTRIBUTES);
  private reading = false;

  constructor(
    readonly metric: string,
    private readonly caps: Required<CardinalityLimits>,
    private readonly listener: SeriesIndexListener,
  ) {}

  get size(): number {
    return this.attributes.size;
  }

  /** Series that count for the limit. */
  get counted(): number {
    return this.overflowRow === -1 ? this.size : this.size - 1;
  }

  get limit(): number {
    return this.caps.series;
  }

  attributesOf(row: number): Attributes {
    return this.attributes.at(row);
  }

  /** Never: a host's series exist only because they were recorded. */
  isPinned(): boolean {
    return false;
  }

  release(rows: ReadonlySet<number>): void {
    for (const row of rows) this.attributes.take(row);
    if (rows.has(this.overflowRow)) this.overflowRow = -1;
    if (rows.has(this.bareRow)) this.bareRow = -1;
    const used = new Map<AttributeValues, Set<number>>();
    for (const values of this.values.values()) used.set(values, new Set());
    for (const [key, { table, values }] of this.sets) {
      table.retain((row) => !rows.has(row));
      if (table.size === 0) this.sets.delete(key);
      table.forEach((ids) => values.forEach((of, i) => used.get(of)?.add(ids[i] as number)));
    }
    for (const [name, values] of this.values) {
      values.retain(used.get(values) as ReadonlySet<number>);
      if (used.get(values)?.size === 0) this.values.delete(name);
    }
    // The tree is learned again from what is recorded: its steps may lead to what is gone.
    this.root = new KeyOrder(undefined);
    this.steps = 0;
  }

  /** The row of a caller's attributes. Never throws. */
  find(given: unknown): number {
    if (given === undefined && this.bareRow >= 0) return this.bareRow;
    // A getter of the caller's may record into this very instrument: then its numbers are in use.
    if (this.reading || typeof given !== 'object' || given === null) return this.findSlowly(given);
    this.reading = true;
    try {
      const row = this.findKnown(given as Record<string, unknown>);
      if (row >= 0) return row;
    } catch {
      // Attributes that cannot be read are counted on the slow way.
    } finally {
      this.reading = false;
    }
    return this.findSlowly(given);
  }

  private findKnown(given: Readonly<Record<string, unknown>>): number {
    const { ids, sorted } = this;
    let step: KeyOrder = this.root;
    let length = 0;
    const prototype: unknown = Object.getPrototypeOf(given);
    const inherits = prototype !== Object.prototype && prototype !== null;
    for (const name in given) {
      if (inherits && !Object.prototype.hasOwnProperty.call(given, name)) continue;
      const value = given[name];
      if (value === undefined) continue;
      const next = step.after(name);
      if (next === undefined) return -1;
      const id = (next.values as AttributeValues).idOf(value);
      if (id < 0) return -1;
      ids[length++] = id;
      step = next;
    }
    const { end } = step;
    if (end === undefined) return -1;
    const { places } = end;
    if (length === 0) sorted[0] = 0;
    for (let i = 0; i < length; i++) sorted[i] = ids[places[i] as number] as number;
    return end.set.table.find(sorted);
  }

  private findSlowly(given: unknown): number {
    const { entries, names, refused, verbatim } = attributeEntries(given);
    for (const name of refused) this.listener.invalid(this.metric, name ?? ALL_LABELS, undefined);
    const row = this.rowOf(entries);
    if (verbatim && row !== this.overflowRow) this.learn(names);
    if (given === undefined && row !== this.overflowRow) this.bareRow = row;
    return row;
  }

  private rowOf(entries: readonly AttributeEntry[]): number {
    const key = JSON.stringify(entries.map(([name]) => name));
    const known = this.knownRow(key, entries);
    if (known >= 0) return known;
    if (this.counted >= this.caps.series) return this.overflow();
    const set = this.sets.get(key) ?? this.addSet(key, entries);
    const ids = new Int32Array(Math.max(1, entries.length));
    entries.forEach(
      ([name, value], i) => (ids[i] = this.idOf(name, set.values[i] as AttributeValues, value)),
    );
    const row = set.table.find(ids);
    return row >= 0 ? row : this.insert(set, ids);
  }

  private knownRow(key: string, entries: readonly AttributeEntry[]): number {
    const set = this.sets.get(key);
    if (set === undefined) return -1;
    const ids = new Int32Array(Math.max(1, entries.length));
    for (const [i, [, value]] of entries.entries()) {
      const id = (set.values[i] as AttributeValues).find(value);
      if (id < 0) return -1;
      ids[i] = id;
    }
    return set.table.find(ids);
  }

  private idOf(name: string, values: AttributeValues, value: AttributeValue): number {
    const id = values.admit(value);
    if (id !== undefined) return id;
    this.listener.overflowed(this.metric, name, this.caps.id);
    return values.admit(OVERFLOW) as number;
  }

  private addSet(key: string, entries: readonly AttributeEntry[]): NameSet {
    const names = entries.map(([name]) => name);
    const set = {
      names,
      values: names.map((name) => this.valuesOf(name)),
      table: new TupleTable(Math.max(1, names.length)),
    };
    this.sets.set(key, set);
    return set;
  }

  private valuesOf(name: string): AttributeValues {
    let values = this.values.get(name);
    if (values === undefined) {
      values = new AttributeValues(this.caps.id);
      this.values.set(name, values);
    }
    return values;
  }

  private insert(set: NameSet, ids: Int32Array): number {
    const entries = set.names.map((name, i): AttributeEntry => {
      return [name, (set.values[i] as AttributeValues).valueOf(ids[i] as number)];
    });
    const row = this.attributes.add(Object.freeze(Object.fromEntries(entries)));
    set.table.insert(ids, row);
    return row;
  }

  private overflow(): number {
    this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
    if (this.overflowRow === -1) {
      const given = this.knownRow(OVERFLOW_KEY, Object.entries(OVERFLOW_ATTRIBUTES) as AttributeEntry[]);
      this.overflowRow = given >= 0 ? given : this.attributes.add(OVERFLOW_ATTRIBUTES);
    }
    return this.overflowRow;
  }

  /** Remembers the order of these names, so that the next attributes in this order are found without sorting. */
  private learn(names: readonly string[]): void {
    const sorted = [...names].sort();
    const set = this.sets.get(JSON.stringify(sorted));
    if (set === undefined) return;
    let step = this.root;
    for (const name of names) {
      let next = step.after(name);
      if (next === undefined) {
        if (this.steps >= MAX_STEPS) return;
        this.steps++;
        next = step.add(name, this.valuesOf(name));
        if (next === undefined) return;
      }
      step = next;
    }
    step.end ??= { set, places: Int32Array.from(sorted, (name) => names.indexOf(name)) };
  }
}

/** The rows of all series with the same names, by their values in the order of the names. */
interface NameSet {
  readonly names: readonly string[];
  readonly values: readonly AttributeValues[];
  readonly table: TupleTable;
}

/**
 * A step in the tree of the orders in which callers write names: each name leads to the next step. Objects made at one
 * place of a program have their names in one order, so a known order is found without sorting.
 */
class KeyOrder {
  /** Set where the names of a series end here; `places` sorts its values. */
  end: { readonly set: NameSet; readonly places: Int32Array } | undefined;
  /** Few: comparing names of properties, which are interned, is faster than hashing them. */
  private readonly names: string[] = [];
  private readonly steps: KeyOrder[] = [];

  /** @param values - those of the name that led here; undefined at the root */
  constructor(readonly values: AttributeValues | undefined) {}

  after(name: string): KeyOrder | undefined {
    const { names } = this;
    for (let i = 0; i < names.length; i++) if (names[i] === name) return this.steps[i];
    return undefined;
  }

  /** The new step, or undefined where this one has no room for it. */
  add(name: string, values: AttributeValues): KeyOrder | undefined {
    if (this.names.length === MAX_NEXT) return undefined;
    const step = new KeyOrder(values);
    this.names.push(name);
    this.steps.push(step);
    return step;
  }
}
