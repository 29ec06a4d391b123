import type { Attributes } from '@opentelemetry/api';
import type { MetricDefinition } from '../semconv/types.js';
import { OF_OTHERS_LIMITS, resolvedLimits, type CardinalityLimits } from './cardinality-limits.js';
import { LabelValues } from './label-values.js';
import { SlotMap } from './tuple-table.js';
import { ALL_LABELS } from '../semconv/values.js';
import type { SeriesIndex } from './registry-meter.js';
import { TupleTable } from './tuple-table.js';

/** Hears what a recording's labels met on their way into a bounded metric. */
export interface SeriesIndexListener {
  /** A value went to the overflow series; called on each such recording. */
  overflowed(metric: string, label: string, cap: number): void;
  /** A value outside a closed set was replaced by `unknown`; called on each such recording. */
  invalid(metric: string, label: string, value: unknown): void;
}

const SILENT = { overflowed: () => {} };

/**
 * The series of one metric by their labels: a recording finds its row by the values in declared order, so nothing the
 * caller holds is kept and nothing is built for a known series. New values past a label's cap, or series past the
 * metric's, go to `__overflow__` for the life of the process.
 *
 * A metric may have any number of labels. The first four are read by a line each, the others in a loop: the engine
 * remembers for each line where an object keeps its property, which a loop over different names defeats.
 */
export class LabelSeriesIndex implements SeriesIndex {
  /** Labels in declared order. */
  readonly names: readonly string[];
  /** What the labels are called as attributes. */
  readonly keys: readonly string[];
  private readonly labels: readonly LabelValues[];
  private readonly caps: Required<CardinalityLimits>;
  private readonly listener: SeriesIndexListener;
  /** Rows by the numbers of their values. */
  private readonly table: TupleTable;
  private readonly attributes = new SlotMap<Attributes>();
  private readonly pinned = new Set<number>();
  private releases = 0;
  /** Takes the numbers of the values of one recording. Absent while a recording uses it: see {@link takeIds}. */
  private spareIds: Int32Array | undefined = undefined;
  /** All labels are closed sets: bounded by declaration, so nothing is folded. */
  private readonly closed: boolean;

  constructor(
    private readonly metric: string,
    definition: MetricDefinition,
    listener: SeriesIndexListener,
    caps: CardinalityLimits = {},
  ) {
    this.listener = definition.ofOthers ? { ...SILENT, invalid: listener.invalid.bind(listener) } : listener;
    this.names = Object.keys(definition.labels);
    const { convention } = definition;
    this.keys = convention ? this.names.map((name) => convention.attributes[name] ?? name) : this.names;
    this.table = new TupleTable(Math.max(1, this.names.length));
    this.caps = definition.ofOthers ? OF_OTHERS_LIMITS : resolvedLimits(caps);
    this.labels = Object.entries(definition.labels).map(
      ([name, bound]) =>
        new LabelValues(bound, bound.bound === 'closed' ? Infinity : this.caps[bound.bound], {
          overflowed: (cap) => this.listener.overflowed(metric, name, cap),
          invalid: (value) => this.listener.invalid(metric, name, value),
        }),
    );
    this.closed = Object.values(definition.labels).every(({ bound }) => bound === 'closed');
    if (this.names.length === 0) this.insert(new Int32Array(1));
  }

  /** Another number once rows have been released: what was found before may be another's. */
  get generation(): number {
    return this.releases;
  }

  /** Whether the metric has labels at all. */
  get bounded(): boolean {
    return this.names.length > 0;
  }

  /** Series held so far. */
  get size(): number {
    return this.attributes.size;
  }

  /** Series this metric may hold, the overflow series beside. */
  get limit(): number {
    return this.caps.series;
  }

  attributesOf(row: number): Attributes {
    return this.attributes.at(row);
  }

  /** Keeps the rows that there are for the life of the process. */
  pin(): void {
    this.table.forEach((_, row) => this.pinned.add(row));
  }

  isPinned(row: number): boolean {
    return this.pinned.has(row) || this.names.length === 0;
  }

  release(rows: ReadonlySet<number>): void {
    this.releases++;
    for (const row of rows) this.attributes.take(row);
    this.table.retain((row) => !rows.has(row));
    this.labels.forEach((label, i) => {
      const used = new Set<number>();
      this.table.forEach((ids) => used.add(ids[i] as number));
      label.retain(used);
    });
  }

  /** The row of these label values. Never throws. */
  find(labels: Readonly<Record<string, unknown>>): number {
    const { names, labels: columns } = this;
    const { length } = names;
    if (length === 0) return 0;
    const ids = this.takeIds();
    try {
      ids[0] = (columns[0] as LabelValues).idOf(labels[names[0] as string]);
      if (length > 1) ids[1] = (columns[1] as LabelValues).idOf(labels[names[1] as string]);
      if (length > 2) ids[2] = (columns[2] as LabelValues).idOf(labels[names[2] as string]);
      if (length > 3) ids[3] = (columns[3] as LabelValues).idOf(labels[names[3] as string]);
      for (let i = 4; i < length; i++) ids[i] = (columns[i] as LabelValues).idOf(labels[names[i] as string]);
    } catch {
      return this.findReadable(labels); // no object, or a getter of the caller's threw
    }
    return this.rowOf(ids);
  }

  /** The row of label values in declared order. Never throws. */
  findInOrder(a?: unknown, b?: unknown, c?: unknown, d?: unknown, ...more: unknown[]): number {
    const columns = this.labels;
    const { length } = columns;
    if (length === 0) return 0;
    const ids = this.takeIds();
    ids[0] = (columns[0] as LabelValues).idOf(a);
    if (length > 1) ids[1] = (columns[1] as LabelValues).idOf(b);
    if (length > 2) ids[2] = (columns[2] as LabelValues).idOf(c);
    if (length > 3) ids[3] = (columns[3] as LabelValues).idOf(d);
    for (let i = 4; i < length; i++) ids[i] = (columns[i] as LabelValues).idOf(more[i - 4]);
    return this.rowOf(ids);
  }

  /** The row of attributes, as {@link attributesOf} gives them. Never throws. */
  findAttributes(attributes: Attributes): number {
    return this.findInOrder(...this.keys.map((key) => attributes[key]));
  }

  /** The row of label values in declared order, all known as they are given, or -1. Never throws. */
  knownRow(values: readonly unknown[]): number {
    if (this.names.length === 0) return 0;
    const ids = Int32Array.from(this.labels, (label, i) => label.knownId(values[i]));
    return ids.includes(-1) ? -1 : this.table.find(ids);
  }

  /** The metric's own, frozen attributes for these label values. Never throws. */
  resolve(labels: Readonly<Record<string, unknown>>): Attributes {
    return this.attributesOf(this.find(labels));
  }

  /** Reads each value on its own: one that cannot be read is `unknown`, the others keep theirs. */
  private findReadable(labels: Readonly<Record<string, unknown>>): number {
    const ids = this.takeIds();
    this.labels.forEach((column, i) => {
      const name = this.names[i] as string;
      let value: unknown;
      try {
        value = labels[name];
      } catch (error) {
        this.listener.invalid(this.metric, name, error);
      }
      ids[i] = column.idOf(value);
    });
    return this.rowOf(ids);
  }

  /**
   * The array for the numbers of one recording. Taken, because a getter or a logger of the caller's may record into this
   * metric in the middle of it: that recording finds none and makes its own.
   */
  private takeIds(): Int32Array {
    const { spareIds } = this;
    this.spareIds = undefined;
    return spareIds ?? new Int32Array(this.names.length);
  }

  private rowOf(ids: Int32Array): number {
    const known = this.table.find(ids);
    const row = known < 0 ? this.addRow(ids) : known;
    this.spareIds = ids;
    return row;
  }

  private addRow(ids: Int32Array): number {
    if (this.closed || this.size < this.caps.series) return this.insert(ids);
    this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
    this.labels.forEach((label, i) => (ids[i] = label.folded(ids[i] as number)));
    const folded = this.table.find(ids);
    return folded >= 0 ? folded : this.insert(ids);
  }

  private insert(ids: Int32Array): number {
    const attributes: Attributes = {};
    this.keys.forEach((key, i) => (attributes[key] = this.labels[i]?.text(ids[i] as number)));
    const row = this.attributes.add(Object.freeze(attributes));
    this.table.insert(ids, row);
    return row;
  }
}
