import type { Clock } from '../common/clock.js';

/**
 * A numerator and a denominator over a sliding window, in one-second slots: constant memory, constant time to add.
 */
export class SlidingRatio {
  private readonly numerators: Float64Array;
  private readonly denominators: Float64Array;
  private readonly seconds: Float64Array;

  constructor(
    private readonly windowSeconds: number,
    private readonly clock: Clock,
  ) {
    this.numerators = new Float64Array(windowSeconds);
    this.denominators = new Float64Array(windowSeconds);
    this.seconds = new Float64Array(windowSeconds).fill(-Infinity);
  }

  add(numerator: number, denominator: number): void {
    const second = Math.floor(this.clock() / 1000);
    let slot = (second | 0) % this.windowSeconds; // of integers: that of floating-point numbers is many times slower
    if (slot < 0) slot += this.windowSeconds;
    if (this.seconds[slot] !== second) {
      this.seconds[slot] = second;
      this.numerators[slot] = 0;
      this.denominators[slot] = 0;
    }
    this.numerators[slot] = (this.numerators[slot] as number) + numerator;
    this.denominators[slot] = (this.denominators[slot] as number) + denominator;
  }

  /** The numerator's share of the denominator; undefined while there was none. */
  ratio(): number | undefined {
    const { numerator, denominator } = this.totals();
    return denominator > 0 ? numerator / denominator : undefined;
  }

  /** How many of the numerator come on 1000 of the denominator; where there was none of that, 1000 or 0. */
  perThousand(): number {
    const { numerator, denominator } = this.totals();
    if (numerator === 0) return 0;
    return (1000 * numerator) / (denominator > 0 ? denominator : numerator);
  }

  /** Sums over the last `windowSeconds` seconds, the current one included. */
  totals(): { numerator: number; denominator: number } {
    const oldest = Math.floor(this.clock() / 1000) - this.windowSeconds;
    let numerator = 0;
    let denominator = 0;
    for (let i = 0; i < this.windowSeconds; i++) {
      if ((this.seconds[i] as number) <= oldest) continue;
      numerator += this.numerators[i] as number;
      denominator += this.denominators[i] as number;
    }
    return { numerator, denominator };
  }
}
