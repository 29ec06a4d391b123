import type { AttributeValues } from './attribute-values.js';
import type { TupleTable } from '../../../cardinality/tuple-table.js';

/** Attribute sets of the same names: their rows, by the values in the order of the names. */
export interface NameSet {
  readonly names: readonly string[];
  readonly values: readonly AttributeValues[];
  readonly table: TupleTable;
}

/**
 * Names in the order in which a caller writes them, as far as they have been read: a step in a tree, in which the next
 * name leads to the next step. Objects made at one place have their names in one order.
 */
export class KeyOrder {
  /** Set where attribute sets end here. */
  end: { readonly set: NameSet; readonly places: Int32Array } | undefined;
  private readonly next = new Map<string, KeyOrder>();
  private lastName: string | undefined;
  private last: KeyOrder | undefined;

  /** @param values - those of the name that led here; undefined at the root */
  constructor(readonly values: AttributeValues | undefined) {}

  after(name: string): KeyOrder | undefined {
    if (name === this.lastName) return this.last;
    const step = this.next.get(name);
    if (step === undefined) return undefined;
    this.lastName = name;
    this.last = step;
    return step;
  }

  add(name: string, values: AttributeValues): KeyOrder {
    const step = new KeyOrder(values);
    this.next.set(name, step);
    return step;
  }
}
