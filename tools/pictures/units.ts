// The units of the dashboards as Grafana writes them: https://grafana.com/docs/grafana/latest/panels-visualizations/
type Format = (value: number, decimals?: number) => string;

interface Step {
  /** From this absolute value on. */
  readonly from: number;
  readonly suffix: string;
  /** Worth of one. */
  readonly one?: number;
}

/** The largest step that the value reaches; below all of them, the smallest. */
const stepped =
  (steps: readonly Step[]): Format =>
  (value, decimals) => {
    const size = Math.abs(value);
    const { suffix, one, from } = steps.findLast((step) => size >= step.from) ?? steps[0]!;
    // Not the 500.00000000000006 of a division.
    const count = Number((value / (one ?? (from || 1))).toPrecision(12));
    return `${fixed(count, decimals)}${suffix}`;
  };

const thousands = (suffixes: readonly string[], base = 1000): Step[] =>
  suffixes.map((suffix, index) => ({ from: index === 0 ? 0 : base ** index, suffix }));

const perSecond = (what: string): Format =>
  stepped(thousands(['', 'K', 'M', 'B'].map((prefix) => `${prefix} ${what}`)));

const SECONDS: readonly Step[] = [
  { from: 0, suffix: ' ns', one: 1e-9 },
  { from: 1e-6, suffix: ' µs' },
  { from: 1e-3, suffix: ' ms' },
  { from: 1, suffix: ' s' },
  { from: 60, suffix: ' min' },
  { from: 3600, suffix: ' hour' },
  { from: 86_400, suffix: ' day' },
  { from: 604_800, suffix: ' week' },
];

const duration =
  (unitInSeconds: number): Format =>
  (value, decimals) =>
    value === 0 ? '0 s' : stepped(SECONDS)(value * unitInSeconds, decimals);

const FORMATS: Readonly<Record<string, Format>> = {
  none: (value, decimals) => fixed(value, decimals),
  short: stepped(thousands(['', ' K', ' Mil', ' Bil'])),
  percentunit: (value, decimals) => `${fixed(value * 100, decimals)}%`,
  s: duration(1),
  ms: duration(1e-3),
  µs: duration(1e-6),
  bytes: stepped(thousands([' B', ' KiB', ' MiB', ' GiB', ' TiB'], 1024)),
  cps: perSecond('c/s'),
  mps: perSecond('msg/s'),
  ops: perSecond('ops/s'),
  reqps: perSecond('req/s'),
};

/** @throws Error for a unit that no dashboard had when this was written. */
export function formatted(value: number, unit = 'short', decimals?: number): string {
  const format = FORMATS[unit];
  if (format === undefined) throw new Error(`tools/pictures/format does not know the unit ${unit}`);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  return format(value, decimals);
}

/** On an axis: no zeros that say nothing. */
export const onAxis = (value: number, unit?: string): string =>
  formatted(Number(value.toPrecision(12)), unit)
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '');

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
