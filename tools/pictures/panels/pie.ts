import { formatted } from '../units.js';
import { THEME, seriesColours } from '../model/colours.js';
import { fieldOf } from '../model/panel.js';
import { lastOf, namedSeries } from '../model/series.js';
import { chart } from '../svg/chart.js';
import { element, moved, text } from '../svg/element.js';
import { type Draw, noValue } from './drawing.js';

const LINE = 26;
const LEGEND = 250;

/** A ring with its legend to the right: value and share. */
export const pie: Draw = (drawing) => {
  const { panel, answers, width, height } = drawing;
  const series = namedSeries(answers);
  const colours = seriesColours(
    panel,
    series.map(({ name }) => name),
  );
  const slices = series.map((one) => ({
    name: one.name,
    value: lastOf(one) ?? 0,
    field: fieldOf(panel, one.name),
    color: colours.get(one.name)!,
  }));
  if (slices.length === 0) return noValue(drawing);
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  const share = (value: number): string => formatted(total === 0 ? 0 : value / total, 'percentunit', 0);
  const ring = chart(width - LEGEND, height, {
    series: [
      {
        type: 'pie',
        radius: ['52%', '88%'],
        label: { position: 'inside', color: THEME.strong, fontSize: 16, fontWeight: 500 },
        data: slices.map(({ name, value, color }) => ({
          name,
          value,
          itemStyle: { color, borderColor: THEME.panel, borderWidth: 2 },
          label: { formatter: share(value) },
        })),
      },
    ],
  });
  const heading = ['Value', 'Percent'].map((title, index) =>
    text(index === 0 ? 170 : LEGEND - 8, LINE / 2, title, { size: 12, colour: THEME.faint, anchor: 'end' }),
  );
  const rows = slices.map(({ name, value, field, color }, index) =>
    moved(
      0,
      (index + 1) * LINE,
      element('rect', { y: LINE / 2 - 2, width: 14, height: 4, rx: 1, fill: color }),
      text(20, LINE / 2, name, { size: 14, colour: THEME.text }),
      ...[formatted(value, field.unit, field.decimals), share(value)].map((content, column) =>
        text(column === 0 ? 170 : LEGEND - 8, LINE / 2, content, {
          size: 14,
          colour: THEME.text,
          anchor: 'end',
        }),
      ),
    ),
  );
  const top = (height - (slices.length + 1) * LINE) / 2;
  return ring + moved(width - LEGEND, top, ...heading, ...rows);
};
