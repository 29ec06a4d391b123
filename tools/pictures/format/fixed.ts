/** As many decimals as Grafana gives a number that does not say: about two significant digits. */
export function decimalsFor(value: number): number {
  if (Number.isInteger(value)) return 0;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.max(0, 1 - magnitude);
  const leading = Math.abs(value) * 10 ** decimals;
  return leading > 2.25 ? decimals + 1 : decimals;
}

export const fixed = (value: number, decimals = decimalsFor(value)): string =>
  value.toFixed(Math.min(decimals, 12));
