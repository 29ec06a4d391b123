import { formatted } from '../units.js';
import { THEME, seriesColours } from '../model/colours.js';
import { fieldOf, type PicturePanel } from '../model/panel.js';
import { lastOf, maxOf, type NamedSeries } from '../model/series.js';
import { element, moved, text } from '../svg/element.js';
import { cut, textWidth } from '../svg/font.js';
import type { Size } from '../layout.js';

const SIZE = 13;
const LINE = 22;
const COLUMN = 92;
/** Grafana gives a legend below so much of the panel, and scrolls what is beyond. */
const SHARE = 0.35;

const CALCS: Readonly<Record<string, { title: string; of: (series: NamedSeries) => number | undefined }>> = {
  lastNotNull: { title: 'Last *', of: lastOf },
  max: { title: 'Max', of: maxOf },
};

interface Legend {
  readonly height: number;
  readonly markup: string;
}

interface Room {
  readonly width: number;
  /** Lines. */
  readonly most: number;
  readonly item: (name: string, room: number) => string;
}

export function legend(panel: PicturePanel, series: readonly NamedSeries[], { width, height }: Size): Legend {
  const { showLegend = true, displayMode } = panel.options.legend ?? {};
  if (!showLegend) return { height: 0, markup: '' };
  const most = Math.max(2, Math.floor((height * SHARE) / LINE));
  const colours = seriesColours(
    panel,
    series.map(({ name }) => name),
  );
  const item = (name: string, room: number): string =>
    element('rect', { y: LINE / 2 - 2, width: 14, height: 4, rx: 1, fill: colours.get(name) }) +
    text(20, LINE / 2, cut(name, room - 24, SIZE), { size: SIZE, colour: THEME.text });
  return displayMode === 'table'
    ? table(panel, series, { width, most, item })
    : list(series, { width, most, item });
}

function table(panel: PicturePanel, series: readonly NamedSeries[], { width, most, item }: Room): Legend {
  const calcs = (panel.options.legend?.calcs ?? []).map((name) => CALCS[name]!);
  const { sortBy, sortDesc } = panel.options.legend ?? {};
  const sort = calcs.find(({ title }) => title === sortBy);
  const sign = sortDesc === true ? -1 : 1;
  const of = (one: NamedSeries) => sort?.of(one) ?? -Infinity;
  const sorted = sort === undefined ? series : [...series].sort((a, b) => sign * (of(a) - of(b)));
  const rest = sorted.length - (most - 1);
  const right = (column: number) => width - (calcs.length - 1 - column) * COLUMN - 4;
  const name = rest > 0 ? `Name (${rest} more, by scrolling)` : 'Name';
  const heading = [name, ...calcs.map(({ title }) => title)].map((title, index) =>
    text(index === 0 ? 20 : right(index - 1), LINE / 2, title, {
      size: 12,
      colour: THEME.faint,
      anchor: index === 0 ? 'start' : 'end',
    }),
  );
  const rows = sorted.slice(0, most - 1).map((one, row) => {
    const field = fieldOf(panel, one.name);
    const values = calcs.map(({ of: calculated }, column) =>
      text(right(column), LINE / 2, shownValue(calculated(one), field.unit, field.decimals), {
        size: SIZE,
        colour: THEME.text,
        anchor: 'end',
      }),
    );
    return moved(0, (row + 1) * LINE, item(one.name, width - calcs.length * COLUMN), ...values);
  });
  return { height: (1 + rows.length) * LINE, markup: [...heading, ...rows].join('') };
}

function list(series: readonly NamedSeries[], { width, most, item }: Room): Legend {
  let [x, line] = [0, 0];
  const items = series.map(({ name }) => {
    const needed = 20 + textWidth(name, SIZE) + 16;
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    const placed = line < most ? moved(x, line * LINE, item(name, width)) : '';
    x += needed;
    return placed;
  });
  return { height: Math.min(line + 1, most) * LINE, markup: items.join('') };
}

const shownValue = (value: number | undefined, unit?: string, decimals?: number): string =>
  value === undefined || !Number.isFinite(value) ? '-' : formatted(value, unit, decimals);
