// What a look every so often says of the times between.
import type { MeasuredSeries } from '../pictures/measure.js';

/** Unix seconds. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

interface Looks extends Interval {
  readonly step: number;
}

/** When each step had a value, neighbours as one; a look stands for the step before it. */
export function presentIn(points: readonly (readonly [number, number])[], { from, step }: Looks): Interval[] {
  const found: { from: number; to: number }[] = [];
  for (const [at] of points) {
    const last = found.at(-1);
    const begin = Math.max(from, at - step);
    if (last !== undefined && begin <= last.to) last.to = at;
    else found.push({ from: begin, to: at });
  }
  return found;
}

/** What is left of the whole. */
export function gapsIn(points: readonly (readonly [number, number])[], looks: Looks): Interval[] {
  const gaps: Interval[] = [];
  let begin = looks.from;
  for (const { from, to } of presentIn(points, looks)) {
    if (from > begin) gaps.push({ from: begin, to: from });
    begin = to;
  }
  return begin < looks.to ? [...gaps, { from: begin, to: looks.to }] : gaps;
}

export const lengthOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { from, to }) => sum + to - from, 0);

/** The points that any of the series has, in their order. */
export function anyOf(series: readonly MeasuredSeries[]): (readonly [number, number])[] {
  const points = new Map(series.flatMap(({ points: own }) => own.map((point) => [point[0], point] as const)));
  return [...points.values()].sort(([a], [b]) => a - b);
}
