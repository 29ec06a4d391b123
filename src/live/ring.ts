/** The last items of a kind, each with a number that grows; what is older is forgotten. */
export class Ring<T extends { readonly seq: number }> {
  private readonly items: T[] = [];
  private added = 0;

  constructor(private readonly size: number) {}

  add(item: T): void {
    this.items[this.added++ % this.size] = item;
  }

  /** Items with a greater number that are still there, oldest first. */
  after(seq: number): T[] {
    const found: T[] = [];
    for (let index = Math.max(0, this.added - this.size); index < this.added; index++) {
      const item = this.items[index % this.size] as T;
      if (item.seq > seq) found.push(item);
    }
    return found;
  }
}

/** Characters of a text that are kept. */
const LONGEST = 120;

/** The text as it is, or a copy of its beginning that does not hold the whole of it in memory. */
export function shortText(text: string): string {
  return text.length <= LONGEST ? text : Buffer.from(`${text.slice(0, LONGEST - 1)}…`).toString();
}
