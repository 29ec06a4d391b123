// The transformations that the tables use, `merge` and `organize`, on what instant queries answer.
import type { Answer } from '../measure/answer.js';
import type { PicturePanel } from './panel.js';

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

/** Rows with the same labels are one, with a value of each query. */
function merged(answers: readonly Answer[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { refId, series } of answers)
    for (const { labels, points } of series) {
      const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
      const value = answers.length > 1 ? `Value #${refId}` : 'Value';
      rows.set(key, { ...labels, ...rows.get(key), [value]: points.at(-1)?.[1] });
    }
  return [...rows.values()];
}

function compared(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}
