interface Axis {
  readonly max: number;
  readonly interval: number;
}

const LINES = 4;

/** From 0 to a round number that the data reaches, or to where the panel says. */
export function axisUpTo(most: number, unit: string | undefined, fixedMax: number | undefined): Axis {
  const top = fixedMax ?? (most > 0 && Number.isFinite(most) ? most : 1);
  const interval = unit === 'bytes' ? 2 ** Math.ceil(Math.log2(top / LINES)) : roundInterval(top / LINES);
  return { interval, max: fixedMax ?? Math.ceil(top / interval - 1e-9) * interval };
}

function roundInterval(least: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const round = [1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= least * (1 - 1e-9)) ?? 10;
  return Number((round * magnitude).toPrecision(12));
}
