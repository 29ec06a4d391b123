/** Share of the slots that may be in use, in quarters. */
const FULL_QUARTERS = 3;
const FIRST_SLOTS = 8;

/**
 * Finds the row of a tuple of small integers. Open addressing in typed arrays: a tuple takes 4 bytes a member and some 10
 * beside, nothing is built for a search, and no object is kept that a garbage collection would have to visit.
 */
export class TupleTable {
  private entries = 0;
  private mask = FIRST_SLOTS - 1;
  /** Number of an entry plus one, or 0. */
  private slots = new Int32Array(FIRST_SLOTS);
  private tuples: Int32Array<ArrayBuffer>;
  private rows = new Int32Array(FIRST_SLOTS);

  /** @param width - members of each tuple, 1 or more */
  constructor(private readonly width: number) {
    this.tuples = new Int32Array(FIRST_SLOTS * width);
  }

  get size(): number {
    return this.entries;
  }

  /** The row of the tuple in the first `width` members of `ids`, or -1. */
  find(ids: Int32Array): number {
    const { slots, mask } = this;
    for (let slot = this.hash(ids, 0) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) return -1;
      if (this.holds(entry - 1, ids)) return this.rows[entry - 1] as number;
    }
  }

  /** Adds a tuple that is not there yet. */
  insert(ids: Int32Array, row: number): void {
    const { width } = this;
    if ((this.entries + 1) * 4 > (this.mask + 1) * FULL_QUARTERS) this.resize((this.mask + 1) * 2);
    if (this.entries === this.rows.length) {
      this.rows = grown(this.rows, this.entries * 2);
      this.tuples = grown(this.tuples, this.entries * 2 * width);
    }
    for (let i = 0; i < width; i++) this.tuples[this.entries * width + i] = ids[i] as number;
    this.rows[this.entries] = row;
    this.place(this.entries++);
  }

  /** The tuples again, without those whose row is not wanted any more. */
  retain(wanted: (row: number) => boolean): void {
    const { width } = this;
    let kept = 0;
    for (let entry = 0; entry < this.entries; entry++) {
      const row = this.rows[entry] as number;
      if (!wanted(row)) continue;
      this.tuples.copyWithin(kept * width, entry * width, (entry + 1) * width);
      this.rows[kept++] = row;
    }
    this.entries = kept;
    this.resize(this.mask + 1);
  }

  /** Calls back with each tuple, as a view that is valid during the call. */
  forEach(visit: (ids: Int32Array, row: number) => void): void {
    const { width } = this;
    for (let entry = 0; entry < this.entries; entry++) {
      visit(this.tuples.subarray(entry * width, (entry + 1) * width), this.rows[entry] as number);
    }
  }

  private holds(entry: number, ids: Int32Array): boolean {
    const { width, tuples } = this;
    for (let i = 0, at = entry * width; i < width; i++, at++) if (tuples[at] !== ids[i]) return false;
    return true;
  }

  private hash(ids: Int32Array, from: number): number {
    let hash = 0;
    for (let i = from; i < from + this.width; i++) {
      hash = Math.imul(hash ^ (ids[i] as number), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private place(entry: number): void {
    const { slots, mask } = this;
    let slot = this.hash(this.tuples, entry * this.width) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }

  private resize(size: number): void {
    this.slots = new Int32Array(size);
    this.mask = size - 1;
    for (let entry = 0; entry < this.entries; entry++) this.place(entry);
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
