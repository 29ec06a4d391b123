import { SEVERITY_COLOURS } from '../../grafana/src/theme.js';
import type { MeasuredSeries } from '../pictures/measure.js';
import { hex } from '../pictures/model/colours.js';
import { chart } from '../pictures/svg/chart.js';

const DAY = 86_400;
const SIZE = { width: 720, height: 250 };
const INK = '#5d626b';

/** A bar for each day, of the day that ends there. Severities keep the colours of the dashboards. */
export function trendChart(trend: readonly MeasuredSeries[]): string {
  const days = [...new Set(trend.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const series = Object.entries(SEVERITY_COLOURS).flatMap(([severity, colour]) => {
    const points = new Map(trend.find(({ labels }) => labels.severity === severity)?.points);
    if (points.size === 0) return [];
    const data = days.map((day) => Math.round(points.get(day) ?? 0));
    return [{ name: severity, type: 'bar' as const, stack: 'all', data, itemStyle: { color: hex(colour) } }];
  });
  const label = { color: INK, fontSize: 11 };
  return chart(SIZE.width, SIZE.height, {
    textStyle: { fontFamily: 'sans-serif' },
    legend: { data: series.map(({ name }) => name), top: 0, textStyle: label, itemWidth: 12, itemHeight: 8 },
    grid: { left: 48, right: 8, top: 28, bottom: 28 },
    xAxis: { type: 'category', data: days.map((day) => dayOf(day - DAY)), axisLabel: label },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: label,
      splitLine: { lineStyle: { color: '#e3e5e9' } },
    },
    series,
  });
}

const dayOf = (at: number): string => new Date(at * 1000).toISOString().slice(5, 10);
