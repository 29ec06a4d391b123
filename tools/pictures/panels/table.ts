import { formatted } from '../units.js';
import { THEME } from '../model/colours.js';
import { element, moved, text } from '../svg/element.js';
import { cut } from '../svg/font.js';
import { type Draw, noValue } from './drawing.js';
import type { Answer } from '../measure.js';
import { fieldOf, type PicturePanel } from '../model/panel.js';

const LINE = 32;
const SIZE = 14;

/** As many rows as the panel shows without scrolling. */
export const table: Draw = (drawing) => {
  const { panel, answers, width, height } = drawing;
  const { columns, rows } = tableOf(panel, answers);
  if (rows.length === 0) return noValue(drawing);
  const cells = rows.slice(0, Math.floor(height / LINE) - 1).map((row) =>
    row.map((cell, column) => {
      if (typeof cell !== 'number') return cell ?? '';
      const { unit, decimals } = fieldOf(panel, columns[column]!);
      return formatted(cell, unit, unit === panel.field.unit ? decimals : undefined);
    }),
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

// The transformations that the tables use, `merge` and `organize`, on what instant queries answer.

type Cell = string | number | undefined;

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

type Row = Readonly<Record<string, Cell>>;

export function tableOf({ transformations, options }: PicturePanel, answers: readonly Answer[]): Table {
  const rows = merged(answers);
  const {
    indexByName = {},
    renameByName = {},
    excludeByName = {},
  } = transformations.find(({ id }) => id === 'organize')?.options ?? {};
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((name) => excludeByName[name] !== true)
    .sort((a, b) => (indexByName[a] ?? Infinity) - (indexByName[b] ?? Infinity));
  const columns = names.map((name) => renameByName[name] ?? name);
  const cells = rows.map((row) => names.map((name) => row[name]));
  const [sort] = options.sortBy ?? [];
  const by = columns.indexOf(sort?.displayName ?? '');
  const sign = sort?.desc === true ? -1 : 1;
  return { columns, rows: by < 0 ? cells : cells.sort((a, b) => sign * compared(a[by], b[by])) };
}

/** Rows are one that agree in the labels that all queries have, with a value of each. */
function merged(answers: readonly Answer[]): Row[] {
  const rows = new Map<string, Row>();
  const common = commonLabels(answers);
  for (const { refId, series } of answers)
    for (const { labels, points } of series) {
      const key = JSON.stringify(common.length > 0 ? common.map((name) => labels[name]) : labels);
      const value = answers.length > 1 ? `Value #${refId}` : 'Value';
      const last = points.at(-1)?.[1];
      rows.set(key, { ...labels, ...rows.get(key), ...(last !== undefined && { [value]: last }) });
    }
  return [...rows.values()];
}

/** Of a single query, all that any of its rows has. */
function commonLabels(answers: readonly Answer[]): string[] {
  const named = answers
    .filter(({ series }) => series.length > 0)
    .map(({ series }) => new Set(series.flatMap(({ labels }) => Object.keys(labels))));
  const [first, ...rest] = named;
  return [...(first ?? [])].filter((name) => rest.every((names) => names.has(name))).sort();
}

function compared(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}
