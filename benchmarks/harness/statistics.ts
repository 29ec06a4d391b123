import type { Sample } from './subject.js';

/** The middle of several measurements, and the half of them around it. */
export interface Summary {
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly count: number;
}

export function summaryOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    p25: quantile(sorted, 0.25),
    p75: quantile(sorted, 0.75),
    count: sorted.length,
  };
}

/** A summary of each number that the samples name. */
export function summariesOf(samples: readonly Sample[]): Readonly<Record<string, Summary>> {
  const names = new Set(samples.flatMap((sample) => Object.keys(sample)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = samples.map((sample) => sample[name]).filter((value) => value !== undefined);
      return [name, summaryOf(values)];
    }),
  );
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
