import type { LabelBound } from '../semconv/types.js';
import { OVERFLOW, UNKNOWN } from '../semconv/values.js';
import { labelText, slugText } from './label-text.js';
import { SlotMap } from './tuple-table.js';

/** What a value met on its way into a label. */
export interface LabelValuesListener {
  /** The label is full: the value goes to the overflow series. */
  overflowed(cap: number): void;
  /** The value is outside of a closed set. */
  invalid(value: unknown): void;
}

/**
 * The values of one label of one metric, each with a small number. Bounded: a closed set by declaration, any other by
 * its cap. `unknown` and the overflow value need no room in it.
 */
export class LabelValues {
  /** By what was given, where that is its own text. */
  private readonly ids = new Map<unknown, number>();
  private readonly texts = new SlotMap<string>();
  private admitted = 0;
  /** The values of a closed set, which have the first numbers. */
  private readonly closed: readonly string[];

  constructor(
    private readonly bound: LabelBound,
    private readonly cap: number,
    private readonly listener: LabelValuesListener,
  ) {
    this.closed = bound.bound === 'closed' ? bound.values : [];
    for (const value of this.closed) this.add(value);
    this.ids.set(undefined, this.reserved(UNKNOWN));
  }

  /** The number of the bounded value for whatever was given. Never throws. */
  idOf(given: unknown): number {
    const { closed } = this;
    for (let id = 0; id < closed.length; id++) if (closed[id] === given) return id; // few: faster than by hash
    return this.ids.get(given) ?? this.admit(given);
  }

  /** The number of a value that is known as it was given, or -1. */
  knownId(given: unknown): number {
    return this.ids.get(given) ?? -1;
  }

  /** The overflow value, or the same value again where the set is closed. */
  folded(id: number): number {
    return this.bound.bound === 'closed' ? id : this.reserved(OVERFLOW);
  }

  text(id: number): string {
    return this.texts.at(id);
  }

  /** Forgets the values that are not used any more; their room is free for others. */
  retain(used: ReadonlySet<number>): void {
    for (const [text, id] of this.ids) {
      if (typeof text !== 'string' || used.has(id) || this.closed.includes(text)) continue;
      if (text === UNKNOWN || text === OVERFLOW) continue;
      this.ids.delete(text);
      this.texts.take(id);
      this.admitted--;
    }
  }

  private admit(given: unknown): number {
    if (this.bound.bound === 'closed') {
      this.listener.invalid(given);
      return this.reserved(UNKNOWN);
    }
    const text = this.bound.bound === 'slug' ? slugText(given) : labelText(given);
    if (text === UNKNOWN || text === OVERFLOW) return this.reserved(text);
    const before = this.ids.get(text);
    if (before !== undefined) return before;
    if (this.admitted >= this.cap) {
      this.listener.overflowed(this.cap);
      return this.reserved(OVERFLOW);
    }
    this.admitted++;
    return this.add(text);
  }

  private reserved(text: string): number {
    return this.ids.get(text) ?? this.add(text);
  }

  private add(text: string): number {
    const id = this.texts.add(text);
    this.ids.set(text, id);
    return id;
  }
}
