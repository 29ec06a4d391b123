import type { Attributes } from '@opentelemetry/api';
import type { MetricDefinition } from '../semconv/types.js';
import { resolvedLimits, type CardinalityLimits } from './cardinality-limits.js';
import { LabelValues } from './label-values.js';
import { SlotMap } from './slot-map.js';
import { ALL_LABELS } from '../semconv/values.js';
import type { SeriesIndex } from './registry-meter.js';
import { TupleTable } from './tuple-table.js';

/** What a set of labels met on its way into a bounded metric. */
export interface SeriesIndexListener {
  /** A value went to the overflow series; called on each such recording. */
  overflowed(metric: string, label: string, cap: number): void;
  /** A value outside a closed set was replaced by `unknown`; called on each such recording. */
  invalid(metric: string, label: string, value: unknown): void;
}

/** Labels a metric may have: so many are read in one go, before anything of the caller's could call back. */
export const MAX_LABELS = 4;

/**
 * The label sets of one metric, numbered: a recording finds its row by the values in declared order, so nothing the
 * caller holds is kept and nothing is built for a known series. New values past a label's cap, or sets past the
 * metric's, go to `__overflow__` for the life of the process.
 */
export class LabelSeriesIndex implements SeriesIndex {
  /** Labels in declared order. */
  readonly names: readonly string[];
  private readonly labels: readonly LabelValues[];
  private readonly caps: Required<CardinalityLimits>;
  private readonly table = new TupleTable(MAX_LABELS);
  private readonly attributes = new SlotMap<Attributes>();
  private readonly pinned = new Set<number>();
  private releases = 0;
  private readonly ids = new Int32Array(MAX_LABELS);
  /** All labels are closed sets: bounded by declaration, so nothing is folded. */
  private readonly closed: boolean;

  constructor(
    private readonly metric: string,
    definition: MetricDefinition,
    private readonly listener: SeriesIndexListener,
    caps: CardinalityLimits = {},
  ) {
    this.names = Object.keys(definition.labels);
    if (this.names.length > MAX_LABELS) throw new RangeError(`${metric} has more than ${MAX_LABELS} labels`);
    this.caps = resolvedLimits(caps);
    this.labels = Object.entries(definition.labels).map(
      ([name, bound]) =>
        new LabelValues(bound, bound.bound === 'closed' ? Infinity : this.caps[bound.bound], {
          overflowed: (cap) => this.listener.overflowed(metric, name, cap),
          invalid: (value) => this.listener.invalid(metric, name, value),
        }),
    );
    this.closed = Object.values(definition.labels).every(({ bound }) => bound === 'closed');
    if (this.names.length === 0) this.insert(this.ids);
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
    const { names } = this;
    if (names.length === 0) return 0;
    let a: unknown, b: unknown, c: unknown, d: unknown;
    try {
      a = labels[names[0] as string];
      if (names.length > 1) b = labels[names[1] as string];
      if (names.length > 2) c = labels[names[2] as string];
      if (names.length > 3) d = labels[names[3] as string];
    } catch {
      [a, b, c, d] = this.readable(labels); // no object, or a getter of the caller's threw
    }
    return this.findValues(a, b, c, d);
  }

  /** The row of label values in declared order. Never throws. */
  findValues(a?: unknown, b?: unknown, c?: unknown, d?: unknown): number {
    const row = this.knownRow(a, b, c, d);
    return row < 0 ? this.admit([a, b, c, d]) : row;
  }

  /** The row of label values in declared order that are known as they are given, or -1. Never throws. */
  knownRow(a?: unknown, b?: unknown, c?: unknown, d?: unknown): number {
    const { ids, labels } = this;
    const { length } = labels;
    if (length === 0) return 0;
    let id = (labels[0] as LabelValues).idOf(a);
    let known = id;
    ids[0] = id;
    if (length > 1) {
      ids[1] = id = (labels[1] as LabelValues).idOf(b);
      known |= id;
    }
    if (length > 2) {
      ids[2] = id = (labels[2] as LabelValues).idOf(c);
      known |= id;
    }
    if (length > 3) {
      ids[3] = id = (labels[3] as LabelValues).idOf(d);
      known |= id;
    }
    return known < 0 ? -1 : this.table.find(ids);
  }

  /** The metric's own, frozen attributes for these label values. Never throws. */
  resolve(labels: Readonly<Record<string, unknown>>): Attributes {
    return this.attributesOf(this.find(labels));
  }

  private readable(labels: Readonly<Record<string, unknown>>): unknown[] {
    return this.names.map((name) => {
      try {
        return labels[name];
      } catch (error) {
        this.listener.invalid(this.metric, name, error);
        return undefined;
      }
    });
  }

  private admit(given: readonly unknown[]): number {
    const ids = new Int32Array(MAX_LABELS);
    this.labels.forEach((label, i) => (ids[i] = label.admit(given[i])));
    const known = this.table.find(ids);
    if (known >= 0) return known;
    if (this.closed || this.size < this.caps.series) return this.insert(ids);
    this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
    this.labels.forEach((label, i) => (ids[i] = label.folded(ids[i] as number)));
    const folded = this.table.find(ids);
    return folded >= 0 ? folded : this.insert(ids);
  }

  private insert(ids: Int32Array): number {
    const attributes: Attributes = {};
    this.names.forEach((name, i) => (attributes[name] = this.labels[i]?.text(ids[i] as number)));
    const row = this.attributes.add(Object.freeze(attributes));
    this.table.insert(ids, row);
    return row;
  }
}
