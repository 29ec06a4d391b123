import type { Sample } from './subject.js';

/** The middle of several measurements, and the half of them around it. */
export interface Summary {
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly count: number;
  /** The measurements in the order in which they were made. */
  readonly values: readonly number[];
}

export function summaryOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    p25: quantile(sorted, 0.25),
    p75: quantile(sorted, 0.75),
    count: sorted.length,
    values,
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

/**
 * What comes of two series of measurements round by round. The rounds of a suite are interleaved, so that two of the
 * same number were made one shortly after the other, on the same machine in the same mood.
 */
export function paired(
  ours: readonly number[],
  theirs: readonly number[],
  combine: (ours: number, theirs: number) => number,
): number[] {
  if (ours.length !== theirs.length)
    throw new Error(`${ours.length} rounds cannot be paired with ${theirs.length}`);
  return ours.map((value, round) => combine(value, theirs[round] as number));
}

/** Ours divided by theirs, round by round. */
export function ratioOf(ours: Summary, theirs: Summary): Summary {
  return summaryOf(paired(ours.values, theirs.values, (a, b) => a / b));
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
