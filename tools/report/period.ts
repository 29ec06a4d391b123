import type { Duration } from '../../prometheus/src/promql/index.js';

const HOUR = 3_600_000;

/** On whole hours: what the rules record is by the hour, so that no event is in two periods or in none. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** @throws Error naming everything that is wrong with the two */
export function periodOf(from: string | undefined, to: string | undefined, now: Date): Period {
  const problems: string[] = [];
  const instant = (name: string, text: string | undefined): Date => {
    // A date alone is midnight UTC; a time without a zone would be that of this machine.
    const isDated = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text ?? '');
    const date = new Date(isDated ? text! : NaN);
    if (Number.isNaN(date.getTime()))
      problems.push(`--${name} must be as 2026-11-01 or 2026-11-01T08:00Z, got ${text ?? 'nothing'}`);
    else if (date.getTime() % HOUR !== 0) problems.push(`--${name} must be a whole hour, got ${text}`);
    return date;
  };
  const period = { from: instant('from', from), to: instant('to', to) };
  if (period.from >= period.to) problems.push(`--from must be before --to, got ${from} and ${to}`);
  if (period.to > now) problems.push(`--to must not be in the future, got ${to}`);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return period;
}

/** The length of a period as PromQL has it. */
export const windowOf = ({ from, to }: Period): Duration =>
  `${(to.getTime() - from.getTime()) / HOUR}h` as Duration;

export const secondsOf = (date: Date): number => date.getTime() / 1000;

/** What Prometheus answers to a range at most is 11 000 points. */
const MOST_POINTS = 10_000;
const STEPS = [60, 300, 900, 3600, 21_600] as const;

/** Seconds between two looks at what was there, all along a period. */
export function stepOf({ from, to }: Period): number {
  const seconds = secondsOf(to) - secondsOf(from);
  return STEPS.find((step) => seconds / step <= MOST_POINTS) ?? seconds / MOST_POINTS;
}
