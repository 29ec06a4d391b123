// What makes an expression dear, or hard to read, whatever a timing says.
import type { SeriesTable } from './known-series.js';
import { parsePromql } from './syntax.js';

const MOST_CHARACTERS = 400;
const DAY_SECONDS = 86_400;
const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: DAY_SECONDS,
  w: 7 * DAY_SECONDS,
};

/** Nothing where the expression is short, and reads raw series over no more than a day. */
export function costsOf(expr: string, known: SeriesTable): string[] {
  const { ranges } = parsePromql(expr);
  const raw = ranges
    .filter(({ window }) => secondsOf(window) > DAY_SECONDS)
    .flatMap(({ window, selectors }) =>
      selectors
        .filter(({ name }) => known.get(name)?.kind !== 'recorded')
        .map(({ name }) => `reads ${name}, which no rule records, over ${window}`),
    );
  return expr.length > MOST_CHARACTERS ? [`has ${expr.length} characters`, ...raw] : raw;
}

function secondsOf(window: string): number {
  return [...window.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!,
    0,
  );
}
