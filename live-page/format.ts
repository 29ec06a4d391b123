import type { Counts, LiveHistogram } from '../src/live/live-messages.js';

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat('en', {
  hour12: false,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export const count = (value: number): string =>
  Math.abs(value) < 100_000 ? WHOLE.format(value) : SHORT.format(value);

export const rate = (value: number): string =>
  value >= 100 ? WHOLE.format(value) : value >= 10 ? value.toFixed(1) : value.toFixed(value === 0 ? 0 : 2);

export const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(part === 0 || part === whole ? 0 : 1)} %`;

export const time = (at: number): string => TIME.format(at);

/** A time in the unit that shows two or three digits of it. */
export function seconds(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value < 1e-3) return `${(value * 1e6).toFixed(0)} µs`;
  if (value < 1) return `${(value * 1e3).toFixed(value < 0.01 ? 2 : value < 0.1 ? 1 : 0)} ms`;
  return value < 100 ? `${value.toFixed(2)} s` : duration(value);
}

export function duration(value: number): string {
  const whole = Math.floor(value);
  const [d, h, m, s] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${m} min`;
  return m > 0 ? `${m} min ${s} s` : `${s} s`;
}

export const sum = (counts: Counts): number =>
  Object.values(counts).reduce((total, value) => total + value, 0);

/** What was recorded between two readings. */
export function since(now: LiveHistogram, before: LiveHistogram | undefined): LiveHistogram {
  if (before === undefined || before.count > now.count || before.bounds.length !== now.bounds.length)
    return now;
  return {
    bounds: now.bounds,
    counts: now.counts.map((value, index) => value - (before.counts[index] ?? 0)),
    sum: now.sum - before.sum,
    count: now.count - before.count,
  };
}

/** As histogram_quantile() of Prometheus estimates it; undefined where nothing was recorded. */
export function quantile({ bounds, counts, count }: LiveHistogram, q: number): number | undefined {
  if (count === 0) return undefined;
  let below = 0;
  for (const [index, inside] of counts.entries()) {
    if (inside > 0 && below + inside >= q * count) {
      const lower = index === 0 ? 0 : (bounds[index - 1] ?? 0);
      const upper = bounds[index];
      return upper === undefined ? lower : lower + (upper - lower) * ((q * count - below) / inside);
    }
    below += inside;
  }
  return undefined;
}
