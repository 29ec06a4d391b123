/** How many quarters of the slots may be in use. */
const FULL_QUARTERS = 3;
const FIRST_SLOTS = 8;

/**
 * Finds the row of a tuple of small integers. A hash table with open addressing in one typed array, each row beside its
 * tuple: a search mostly reads one cache line and allocates nothing, and a garbage collection has nothing to visit.
 */
export class TupleTable {
  private entries = 0;
  private mask = FIRST_SLOTS - 1;
  private readonly stride: number;
  /** Slots of the row plus one, or 0, and the tuple. */
  private slots: Int32Array<ArrayBuffer>;

  /** @param width - members of each tuple, 1 or more */
  constructor(private readonly width: number) {
    this.stride = width + 1;
    this.slots = new Int32Array(FIRST_SLOTS * this.stride);
  }

  get size(): number {
    return this.entries;
  }

  /** The row of the tuple in the first `width` members of `ids`, or -1. */
  find(ids: Int32Array): number {
    const { slots, mask, stride } = this;
    for (let slot = this.hash(ids, 0) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride;
      const row = slots[at] as number;
      if (row === 0) return -1;
      if (this.holds(at + 1, ids)) return row - 1;
    }
  }

  /** Adds a tuple that is not there yet. */
  insert(ids: Int32Array, row: number): void {
    if ((this.entries + 1) * 4 > (this.mask + 1) * FULL_QUARTERS)
      this.rebuild((this.mask + 1) * 2, () => true);
    this.place(ids, 0, row);
  }

  /** Removes the tuples whose row is not wanted. */
  retain(wanted: (row: number) => boolean): void {
    this.rebuild(this.mask + 1, wanted);
  }

  /** Calls back with each tuple, as a view that is valid during the call. */
  forEach(visit: (ids: Int32Array, row: number) => void): void {
    const { slots, stride } = this;
    for (let at = 0; at < slots.length; at += stride) {
      if (slots[at] !== 0) visit(slots.subarray(at + 1, at + stride), (slots[at] as number) - 1);
    }
  }

  private holds(from: number, ids: Int32Array): boolean {
    const { width, slots } = this;
    for (let i = 0; i < width; i++) if (slots[from + i] !== ids[i]) return false;
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

  private place(ids: Int32Array, from: number, row: number): void {
    const { slots, mask, stride, width } = this;
    let slot = this.hash(ids, from) & mask;
    while (slots[slot * stride] !== 0) slot = (slot + 1) & mask;
    const at = slot * stride;
    slots[at] = row + 1;
    for (let i = 0; i < width; i++) slots[at + 1 + i] = ids[from + i] as number;
    this.entries++;
  }

  private rebuild(size: number, wanted: (row: number) => boolean): void {
    const { slots: before, stride } = this;
    this.slots = new Int32Array(size * stride);
    this.mask = size - 1;
    this.entries = 0;
    for (let at = 0; at < before.length; at += stride) {
      const row = (before[at] as number) - 1;
      if (row >= 0 && wanted(row)) this.place(before, at + 1, row);
    }
  }
}

/** Items by number. The number of an item that is taken out is the next new one's. */
export class SlotMap<T> {
  private readonly items: (T | undefined)[] = [];
  private readonly free: number[] = [];

  /** How many there are. */
  get size(): number {
    return this.items.length - this.free.length;
  }

  add(item: T): number {
    const number = this.free.pop();
    if (number === undefined) return this.items.push(item) - 1;
    this.items[number] = item;
    return number;
  }

  at(number: number): T {
    return this.items[number] as T;
  }

  has(number: number): boolean {
    return this.items[number] !== undefined;
  }

  take(number: number): void {
    if (!this.has(number)) return;
    this.items[number] = undefined;
    this.free.push(number);
  }
}
