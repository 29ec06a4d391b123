import { swallow } from '../harness/timed.js';

/** Numbers from 0 to 1, the same in every process (mulberry32). */
export class Random {
  private state: number;

  constructor(seed = 1) {
    this.state = seed;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  shuffled<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }
}

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
