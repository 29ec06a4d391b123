import { stepOf } from '../measure.js';
import { formatted, onAxis } from '../units.js';
import { THEME } from '../model/colours.js';
import { namedSeries } from '../model/series.js';
import { DAYS, timesBetween } from '../model/times.js';
import { chart } from '../svg/chart.js';
import { element, moved, text } from '../svg/element.js';
import { type Draw, noValue } from './drawing.js';

/** Grafana's Blues on a dark page: few are dark, many are bright. */
const FEW_TO_MANY = ['#08306b', '#08519c', '#2171b5', '#4292c6', '#6baed6', '#9ecae1', '#c6dbef', '#deebf7'];
const SCALE = 30;
const LABELS = 6;
/** Where they stand in an ISO time. */
const HOUR_AND_MINUTE = [11, 16] as const;
const MONTH_AND_DAY = [5, 10] as const;

/** A row for each bucket, a column for each point in time. */
export const heatmap: Draw = (drawing) => {
  const { panel, answers, from, to, width, height } = drawing;
  const buckets = namedSeries(answers);
  if (buckets.length === 0) return noValue(drawing);
  const times = timesBetween(from, to, stepOf(panel, to - from));
  const shown = to - from > DAYS ? MONTH_AND_DAY : HOUR_AND_MINUTE;
  const columns = new Map(times.map((at, column) => [at, column]));
  const cells = buckets.flatMap(({ points }, row) =>
    points.flatMap(([at, count]) => {
      const column = columns.get(Math.round(at));
      return column !== undefined && count > 1e-9 ? [[column, row, count] as const] : [];
    }),
  );
  const most = Math.max(0, ...cells.map(([, , count]) => count));
  const axisLabel = { color: THEME.faint, fontSize: 12 };
  const line = { lineStyle: { color: THEME.line } };
  const bound = (name: string): string => (name === '+Inf' ? '+Inf' : onAxis(Number(name), panel.field.unit));
  const markup = chart(width, height - SCALE, {
    grid: { left: 68, right: 14, top: 8, bottom: 24 },
    xAxis: {
      type: 'category',
      data: times.map((at) => new Date(at * 1000).toISOString().slice(...shown)),
      axisLabel: { ...axisLabel, interval: Math.ceil(times.length / LABELS) - 1 },
      axisTick: { show: false },
      axisLine: line,
    },
    yAxis: { type: 'category', data: buckets.map(({ name }) => bound(name)), axisLabel, axisLine: line },
    visualMap: { show: false, min: 0, max: Math.sqrt(most), dimension: 2, inRange: { color: FEW_TO_MANY } },
    series: [
      {
        type: 'heatmap',
        data: cells.map(([column, row, count]) => [column, row, Math.sqrt(count)]),
        itemStyle: { borderColor: THEME.panel, borderWidth: 1 },
      },
    ],
  });
  return markup + moved(68, height - SCALE + 6, scale(formatted(most)));
};

function scale(most: string): string {
  const width = 24;
  const label = { size: 12, colour: THEME.faint };
  return [
    text(0, 10, '0', label),
    ...FEW_TO_MANY.map((fill, index) =>
      element('rect', { x: 16 + index * width, y: 4, width, height: 12, fill }),
    ),
    text(24 + FEW_TO_MANY.length * width, 10, most, label),
  ].join('');
}
