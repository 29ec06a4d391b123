import type { Attributes } from '@opentelemetry/api';
import type { LabelBound, MetricDefinition } from '../semconv/types.js';
import { OVERFLOW, UNKNOWN } from '../semconv/values.js';
import { resolvedCaps, type LabelCaps } from './label-caps.js';
import { labelText, slugText } from './label-text.js';

/** What a set of labels met on its way into a bounded metric. */
export interface LabelSetsListener {
  /** A value went to the overflow series; called on each such recording. */
  overflowed(metric: string, label: string, cap: number): void;
  /** A value outside a closed set was replaced by `unknown`; called on each such recording. */
  invalid(metric: string, label: string, value: unknown): void;
}

type Node = Map<unknown, Node | Attributes>;
/** The series cap is met on the whole set, not on one label. */
export const ALL_LABELS = '*';

/**
 * The label sets of one metric, each kept once as a frozen attributes object: a recording finds its own by walking
 * the values in declared order, so nothing the caller holds is kept and nothing is built for a known series. New values
 * past a label's cap, or sets past the metric's, go to `__overflow__` for the life of the process.
 */
export class LabelSets {
  private readonly names: readonly string[];
  private readonly bounds: readonly LabelBound[];
  private readonly admitted: readonly Set<string>[];
  private readonly caps: Required<LabelCaps>;
  private readonly root: Node = new Map();
  private readonly empty: Attributes | undefined;
  /** All labels are closed sets: bounded by declaration, so nothing is folded. */
  private readonly closed: boolean;
  private count = 0;

  constructor(
    private readonly metric: string,
    definition: MetricDefinition,
    private readonly listener: LabelSetsListener,
    caps: LabelCaps = {},
  ) {
    this.names = Object.keys(definition.labels);
    this.bounds = Object.values(definition.labels);
    this.admitted = this.names.map(() => new Set());
    this.closed = this.bounds.every(({ bound }) => bound === 'closed');
    this.caps = resolvedCaps(caps);
    if (this.names.length === 0) {
      this.empty = Object.freeze({});
      this.count = 1;
    }
  }

  /** Whether the metric has labels at all. */
  get bounded(): boolean {
    return this.names.length > 0;
  }

  /** Series held so far. */
  get size(): number {
    return this.count;
  }

  /** Series this metric may hold, the overflow series beside. */
  get limit(): number {
    return this.caps.series;
  }

  /** The metric's own, frozen attributes for these label values. Never throws. */
  resolve(labels: Readonly<Record<string, unknown>>): Attributes {
    if (this.empty !== undefined) return this.empty;
    try {
      let node: Node | Attributes | undefined = this.root;
      for (let i = 0; i < this.names.length; i++) {
        node = (node as Node).get(labels[this.names[i] as string]);
        if (node === undefined) return this.admit(this.names.map((name) => labels[name]));
      }
      return node as Attributes;
    } catch {
      return this.admit(this.readable(labels)); // no object, or a getter of the caller's threw
    }
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

  private admit(given: readonly unknown[]): Attributes {
    const values = this.names.map((name, i) => this.boundedValue(i, name, given[i]));
    const known = this.find(values);
    if (known !== undefined) return known;
    if (this.closed || this.count < this.caps.series) return this.insert(values);
    this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
    const folded = values.map((value, i) => (this.bounds[i]?.bound === 'closed' ? value : OVERFLOW));
    return this.find(folded) ?? this.insert(folded);
  }

  private boundedValue(index: number, name: string, raw: unknown): string {
    const bound = this.bounds[index] as LabelBound;
    if (bound.bound === 'closed') {
      if (bound.values.includes(raw as string)) return raw as string;
      if (raw !== undefined && raw !== UNKNOWN) this.listener.invalid(this.metric, name, raw);
      return UNKNOWN;
    }
    const value = bound.bound === 'slug' ? slugText(raw) : labelText(raw);
    const seen = this.admitted[index] as Set<string>;
    if (seen.has(value) || value === UNKNOWN || value === OVERFLOW) return value;
    const cap = this.caps[bound.bound];
    if (seen.size < cap) {
      seen.add(value);
      return value;
    }
    this.listener.overflowed(this.metric, name, cap);
    return OVERFLOW;
  }

  private find(values: readonly string[]): Attributes | undefined {
    let node: Node | Attributes | undefined = this.root;
    for (const value of values) {
      node = (node as Node).get(value);
      if (node === undefined) return undefined;
    }
    return node as Attributes;
  }

  private insert(values: readonly string[]): Attributes {
    const last = values.length - 1;
    let node = this.root;
    for (let i = 0; i < last; i++) {
      const value = values[i] as string;
      let next = node.get(value) as Node | undefined;
      if (next === undefined) {
        next = new Map();
        node.set(value, next);
      }
      node = next;
    }
    const attributes: Attributes = {};
    this.names.forEach((name, i) => (attributes[name] = values[i]));
    node.set(values[last], Object.freeze(attributes));
    this.count++;
    return attributes;
  }
}
