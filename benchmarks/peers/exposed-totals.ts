export interface Totals {
  readonly total: number;
  readonly series: number;
}

/** Throws unless a metric of an exposition has the given total and number of series: a peer that drops is no peer. */
export async function expectExposed(
  source: { export(): Promise<string> },
  metric: string,
  expected: Totals,
): Promise<void> {
  const actual = exposedTotals(await source.export(), metric);
  if (actual.total === expected.total && actual.series === expected.series) return;
  throw new Error(`not everything was recorded: ${JSON.stringify({ metric, expected, actual })}`);
}

/** Sum and number of the series of one name in a Prometheus exposition. */
export function exposedTotals(text: string, name: string): Totals {
  let total = 0;
  let series = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(name) || !/[{ ]/.test(line.charAt(name.length))) continue;
    total += Number(line.slice(line.lastIndexOf(' ') + 1));
    series++;
  }
  return { total, series };
}
