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
