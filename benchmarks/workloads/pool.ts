import { swallow } from '../harness/black-hole.js';

/** A fixed list that is gone through again and again. Its length is a power of two, so that a mask finds the next. */
export class Pool<T> {
  private at = 0;
  private readonly mask: number;

  constructor(readonly items: readonly T[]) {
    this.mask = items.length - 1;
    if ((items.length & this.mask) !== 0) throw new Error('the length of a pool is a power of two');
  }

  next(): T {
    return this.items[this.at++ & this.mask] as T;
  }
}

/** What repeats an act with one item after the other. */
export function each<T>(pool: Pool<T>, act: (item: T) => void): (times: number) => void {
  return (times) => {
    for (let i = 0; i < times; i++) act(pool.next());
  };
}

/** The same, waiting for each before the next. */
export function eachAwaited<T>(
  pool: Pool<T>,
  act: (item: T) => Promise<unknown>,
): (times: number) => Promise<void> {
  return async (times) => {
    for (let i = 0; i < times; i++) swallow(await act(pool.next()));
  };
}
