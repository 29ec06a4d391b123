import type { AttributeValues } from './attribute-values.js';
import type { TupleTable } from '../../../cardinality/tuple-table.js';

/** Names that may follow one another at one place; further ones take the slow way. */
const MAX_NEXT = 16;

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
  /** Few: names of properties are compared by their address, which is faster than by hash. */
  private readonly names: string[] = [];
  private readonly steps: KeyOrder[] = [];

  /** @param values - those of the name that led here; undefined at the root */
  constructor(readonly values: AttributeValues | undefined) {}

  after(name: string): KeyOrder | undefined {
    const { names } = this;
    for (let i = 0; i < names.length; i++) if (names[i] === name) return this.steps[i];
    return undefined;
  }

  /** undefined where there is no room for one more. */
  add(name: string, values: AttributeValues): KeyOrder | undefined {
    if (this.names.length === MAX_NEXT) return undefined;
    const step = new KeyOrder(values);
    this.names.push(name);
    this.steps.push(step);
    return step;
  }
}
