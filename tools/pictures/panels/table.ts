import { formatted } from '../units.js';
import { THEME } from '../model/colours.js';
import { element, escaped, moved, text } from '../svg/element.js';
import { cut, textWidth } from '../svg/font.js';
import { type Draw, type LinkFiller, noValue } from './drawing.js';
import type { Answer } from '../measure.js';
import { fieldOf, type PicturePanel } from '../model/panel.js';

const LINE = 32;
const SIZE = 14;
const GAP = 10;

/** As many rows as the panel shows without scrolling. */
export const table: Draw = (drawing) => {
  const { panel, answers, width, height, linked } = drawing;
  const { names, columns, rows } = tableOf(panel, answers);
  if (rows.length === 0) return noValue(drawing);
  const cells = rows.slice(0, Math.floor(height / LINE) - 1).map((row) =>
    row.map((cell, column) => {
      if (typeof cell !== 'number') return cell ?? '';
      const { unit, decimals } = fieldOf(panel, columns[column]!);
      return formatted(cell, unit, unit === panel.field.unit ? decimals : undefined);
    }),
  );
  const edges = edgesOf(
    columns.map((name, column) =>
      Math.max(...[name, ...cells.map((row) => row[column]!)].map((content) => textWidth(content, SIZE))),
    ),
    width,
  );
  const numeric = columns.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (contents: readonly string[], colour: string, links: RowLinks = NO_LINKS): string[] =>
    contents.map((content, column) => {
      const right = numeric[column] === true;
      const link = links.get(names[column]!);
      const words = text(
        right ? edges[column + 1]! - GAP : edges[column]! + GAP,
        LINE / 2,
        cut(content, edges[column + 1]! - edges[column]! - 2 * GAP + 4, SIZE),
        { size: SIZE, colour: link ? THEME.link : colour, anchor: right ? 'end' : 'start' },
      );
      return link
        ? element('a', { href: link.href }, element('title', {}, escaped(link.title)), words)
        : words;
    });
  const rule = element('rect', { y: LINE - 1, width, height: 1, fill: THEME.line });
  return [
    ...line(columns, THEME.faint),
    rule,
    ...cells.map((contents, row) => {
      const links = linked && linksOfRow(panel, names, rows[row]!, linked);
      return moved(0, (row + 1) * LINE, ...line(contents, THEME.text, links), rule);
    }),
  ].join('');
};

interface RowLink {
  readonly href: string;
  readonly title: string;
}

type RowLinks = ReadonlyMap<string, RowLink>;

const NO_LINKS: RowLinks = new Map();

/** Each on a cell that it is about: Grafana has a menu for all of them, a drawing has none. The last is the most general. */
function linksOfRow(
  { field }: PicturePanel,
  names: readonly string[],
  row: readonly Cell[],
  linked: LinkFiller,
): RowLinks {
  const links = new Map<string, RowLink>();
  const fields = Object.fromEntries(names.map((name, index) => [name, String(row[index] ?? '')]));
  for (const { title, url } of [...(field.links ?? [])].reverse()) {
    const about = [...url.matchAll(/__data\.fields(?:\.(\w+)|\["([^"]+)"\])/g)].map(
      ([, bare, quoted]) => bare ?? quoted!,
    );
    const cell = about.find((name) => !links.has(name) && fields[name]);
    const href = linked(url, fields);
    if (cell !== undefined && href !== undefined) links.set(cell, { href, title });
  }
  return links;
}

/** Where columns begin, and the last ends: each as wide as it has to be, and the widest give way to the others. */
function edgesOf(contents: readonly number[], width: number): number[] {
  const wanted = contents.map((content) => content + 2 * GAP);
  const total = wanted.reduce((sum, one) => sum + one, 0);
  const spare = Math.max(0, width - total) / wanted.length;
  let [room, left] = [width, wanted.length];
  let most = Infinity;
  for (const one of total > width ? [...wanted].sort((a, b) => a - b) : []) {
    if (one * left > room) {
      most = room / left;
      break;
    }
    room -= one;
    left -= 1;
  }
  return wanted.reduce((edges, one) => [...edges, edges.at(-1)! + Math.min(one, most) + spare], [0]);
}

// The transformations that the tables use, `merge` and `organize`, on what instant queries answer.

type Cell = string | number | undefined;

interface Table {
  /** Of the fields, as links call them. */
  readonly names: readonly string[];
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
  return { names, columns, rows: by < 0 ? cells : cells.sort((a, b) => sign * compared(a[by], b[by])) };
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
