import { formatted } from '../format/units.js';
import { THEME } from '../model/colours.js';
import { tableOf } from '../model/table.js';
import { element, moved, text } from '../svg/element.js';
import { cut } from '../svg/text-width.js';
import type { Draw } from './drawing.js';
import { noValue } from './no-value.js';

const LINE = 32;
const SIZE = 14;

/** As many rows as the panel shows without scrolling. */
export const table: Draw = (drawing) => {
  const { panel, answers, width, height } = drawing;
  const { columns, rows } = tableOf(panel, answers);
  if (rows.length === 0) return noValue(drawing);
  const cells = rows
    .slice(0, Math.floor(height / LINE) - 1)
    .map((row) =>
      row.map((cell) =>
        typeof cell === 'number' ? formatted(cell, panel.field.unit, panel.field.decimals) : (cell ?? ''),
      ),
    );
  const each = width / columns.length;
  const numeric = columns.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (contents: readonly string[], colour: string): string[] =>
    contents.map((content, column) => {
      const right = numeric[column] === true;
      return text(
        (column + (right ? 1 : 0)) * each + (right ? -10 : 10),
        LINE / 2,
        cut(content, each - 16, SIZE),
        {
          size: SIZE,
          colour,
          anchor: right ? 'end' : 'start',
        },
      );
    });
  const rule = element('rect', { y: LINE - 1, width, height: 1, fill: THEME.line });
  return [
    ...line(columns, THEME.faint),
    rule,
    ...cells.map((contents, row) => moved(0, (row + 1) * LINE, ...line(contents, THEME.text), rule)),
  ].join('');
};
