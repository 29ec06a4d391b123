/** Watches the event loop by a callback that comes back each turn. */
export class StallWatch {
  private longest = 0;
  private last = performance.now();
  private watching = true;

  constructor() {
    setImmediate(this.turn);
  }

  /** @returns the longest time between two turns, in milliseconds */
  end(): number {
    this.watching = false;
    return this.longest;
  }

  private readonly turn = (): void => {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
    if (this.watching) setImmediate(this.turn);
  };
}

/** Until the callback of this turn and of the next have run. */
export async function nextTurn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
}
