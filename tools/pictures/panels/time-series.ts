import type { EChartsOption } from 'echarts';
import { onAxis } from '../units.js';
import { stepOf } from '../measure.js';
import { hex, THEME, seriesColours } from '../model/colours.js';
import { namedSeries, type NamedSeries } from '../model/series.js';
import { DAYS, timesBetween } from '../model/times.js';
import { chart } from '../svg/chart.js';
import { moved } from '../svg/element.js';
import { textWidth } from '../svg/font.js';
import { type Draw, type Drawing, noValue } from './drawing.js';
import { legend } from './legend.js';

const LABEL = 12;
const RIGHT = 14;
const WIDEST_BAR = 160;

export const timeSeries: Draw = (drawing) => {
  const { panel, answers, width, height } = drawing;
  const series = namedSeries(answers);
  if (series.length === 0) return noValue(drawing);
  const below = legend(panel, series, { width, height });
  const room = height - below.height - 6;
  return chart(width, room, optionOf(drawing, series)) + moved(0, room + 6, below.markup);
};

function optionOf({ panel, from, to, width }: Drawing, series: readonly NamedSeries[]): EChartsOption {
  const { field } = panel;
  const step = stepOf(panel, to - from);
  const bars = field.custom?.drawStyle === 'bars';
  const stacked = field.custom?.stacking?.mode === 'normal';
  const times = timesBetween(from, to, step);
  const rows = series.map((one) => valuesAt(times, one));
  const y = axisUpTo(mostOf(rows, stacked), field.unit, field.max);
  const lines = Math.round(y.max / y.interval);
  const labels = Array.from({ length: lines + 1 }, (_, index) => onAxis(index * y.interval, field.unit));
  const left = Math.max(...labels.map((label) => textWidth(label, LABEL))) + 14;
  // A bar stands over the time that it counts; a line's point is where it was asked.
  const counted = bars ? Math.min(step, to - from) : 0;
  const perSecond = (width - left - RIGHT) / (to - from);
  const barWidth = Math.min(WIDEST_BAR, counted * perSecond * 0.8);
  const colours = seriesColours(
    panel,
    series.map(({ name }) => name),
  );
  const axisLabel = { color: THEME.faint, fontSize: LABEL };
  const grid = { lineStyle: { color: THEME.line } };
  return {
    grid: { left, right: RIGHT, top: 8, bottom: 24 },
    xAxis: {
      type: 'time',
      min: from * 1000,
      max: to * 1000,
      containShape: false,
      splitNumber: width > 600 ? 6 : 4,
      axisLabel: { ...axisLabel, formatter: to - from > DAYS ? '{MM}-{dd}' : '{HH}:{mm}', hideOverlap: true },
      axisTick: { show: false },
      axisLine: grid,
      splitLine: { show: true, showMinLine: false, showMaxLine: false, ...grid },
      minInterval: 60_000,
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...y,
      axisLabel: { ...axisLabel, formatter: (value: number) => onAxis(value, field.unit) },
      splitLine: grid,
    },
    series: series.map((one, index) => ({
      ...(bars ? { type: 'bar' as const, barWidth } : { type: 'line' as const, showSymbol: false }),
      name: one.name,
      data: times.map((at, position) => [(at - counted / 2) * 1000, rows[index]![position] ?? null]),
      ...(stacked && { stack: 'all' }),
      ...styleOf(panel.field.custom ?? {}, colours.get(one.name)!),
      ...(index === 0 && { markLine: thresholdLines(panel.field, y.max) }),
    })) as NonNullable<EChartsOption['series']>,
  };
}

const styleOf = (
  { lineWidth = 1, fillOpacity = 0 }: { lineWidth?: number; fillOpacity?: number },
  color: string,
) => ({
  itemStyle: { color, opacity: fillOpacity / 100 },
  lineStyle: { color, width: lineWidth },
  areaStyle: { color, opacity: fillOpacity / 100 },
});

/** Where the panel says so, and only inside what it shows. */
function thresholdLines({ custom, thresholds }: Drawing['panel']['field'], max: number) {
  if (custom?.thresholdsStyle?.mode !== 'dashed') return undefined;
  const steps = (thresholds?.steps ?? []).filter(({ value }) => value !== null && value <= max);
  const data = steps.map(({ value, color }) => ({
    yAxis: value!,
    lineStyle: { color: hex(color), type: 'dashed' as const, width: 1.5 },
  }));
  return { symbol: 'none', silent: true, label: { show: false }, data };
}

/** Back from the end, oldest first. */
function valuesAt(times: readonly number[], { points }: NamedSeries): (number | undefined)[] {
  const values = new Map(points.map(([at, value]) => [Math.round(at), value]));
  return times.map((at) => {
    const value = values.get(at);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  });
}

function mostOf(rows: readonly (readonly (number | undefined)[])[], stacked: boolean): number {
  if (!stacked) return Math.max(...rows.flat().map((value) => value ?? 0));
  const sums = (rows[0] ?? []).map((_, index) => rows.reduce((sum, row) => sum + (row[index] ?? 0), 0));
  return Math.max(...sums);
}

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
