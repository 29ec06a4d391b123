import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** How fast the demo goes. Unpaced, or once hurried, nothing is waited for. */
export class Pace {
  private readonly hurried = new AbortController();
  private nextAt = performance.now();

  /** @param rate - calls a second; 0 is as fast as it goes */
  constructor(private readonly rate: number) {
    // Every agent, verifier and subscriber that waits listens to it.
    setMaxListeners(0, this.hurried.signal);
    if (rate === 0) this.hurry();
  }

  /** Settles when the next call is due. */
  async next(): Promise<void> {
    if (this.rate > 0) {
      // A demo that fell behind does not make up for it with a burst.
      this.nextAt = Math.max(this.nextAt + 1000 / this.rate, performance.now());
    }
    await this.wait((this.nextAt - performance.now()) / 1000);
  }

  /** Simulated work of so many seconds. */
  async wait(seconds: number): Promise<void> {
    // Unpaced, the event loop still has to come round to scrapes and signals.
    if (this.hurried.signal.aborted) return void (await new Promise(setImmediate));
    await delay(Math.max(0, seconds * 1000), undefined, { signal: this.hurried.signal }).catch(
      () => undefined,
    );
  }

  /** Ends all waiting, now and later. */
  hurry(): void {
    this.hurried.abort();
  }
}
