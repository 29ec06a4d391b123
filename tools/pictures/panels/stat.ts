import { THEME, hex, thresholdColour } from '../model/colours.js';
import type { Size } from '../layout.js';
import { fieldOf, type Field } from '../model/panel.js';
import { lastOf, namedSeries, type NamedSeries } from '../model/series.js';
import { element, moved, text } from '../svg/element.js';
import { textWidth, wrapped } from '../svg/font.js';
import type { Draw, Drawing } from './drawing.js';
import { formatted } from '../units.js';

const GAP = 8;
const LARGEST = 64;

/** A tile for each series; one for none. */
export const stat: Draw = (drawing) => {
  const series = namedSeries(drawing.answers);
  const tiles = series.length === 0 ? [undefined] : series;
  const width = (drawing.width - GAP * (tiles.length - 1)) / tiles.length;
  return tiles
    .map((one, index) => moved(index * (width + GAP), 0, tile({ ...drawing, width }, one, tiles.length > 1)))
    .join('');
};

function tile({ panel, width, height }: Drawing, series: NamedSeries | undefined, named: boolean): string {
  const value = series === undefined ? undefined : lastOf(series);
  const { text: content, colour, isNumber } = shown(value, fieldOf(panel, series?.name ?? ''));
  const filled = panel.options.colorMode === 'background';
  const written = filled ? THEME.strong : colour;
  const graph = panel.options.graphMode === 'area' && isNumber && series !== undefined;
  const name = named && series !== undefined ? series.name : undefined;
  const middle = height * (graph ? 0.4 : name === undefined ? 0.5 : 0.62);
  return [
    filled ? element('rect', { width, height, rx: 4, fill: colour, 'fill-opacity': 0.78 }) : '',
    graph ? sparkline(series, panel.field, { width, height }, filled ? THEME.strong : colour) : '',
    name === undefined
      ? ''
      : text(width / 2, height * 0.2, name, { size: 18, colour: written, anchor: 'middle' }),
    value === undefined
      ? missing(content, width, height, written)
      : large(content, width, middle, height, written),
  ].join('');
}

function large(content: string, width: number, middle: number, height: number, colour: string): string {
  const fits = (width * 0.86) / textWidth(content, 1);
  const size = Math.min(LARGEST, height * 0.46, fits);
  return text(width / 2, middle, content, { size, colour, anchor: 'middle', weight: 500 });
}

function missing(content: string, width: number, height: number, colour: string): string {
  const size = 20;
  const lines = wrapped(content, width * 0.9, size);
  return lines
    .map((line, index) =>
      text(width / 2, height / 2 + (index - (lines.length - 1) / 2) * 26, line, {
        size,
        colour,
        anchor: 'middle',
      }),
    )
    .join('');
}

/** Over the lower third, between what the panel says, else its own least and most. */
function sparkline({ points }: NamedSeries, field: Field, { width, height }: Size, colour: string): string {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  if (finite.length < 2) return '';
  const values = finite.map(([, value]) => value);
  const [least, most] = [field.min ?? Math.min(...values), field.max ?? Math.max(...values)];
  const [first, last] = [finite[0]![0], finite.at(-1)![0]];
  const top = height * 0.66;
  const path = finite.map(([at, value]) => {
    const x = ((at - first) / (last - first)) * width;
    const y = height - 4 - (most === least ? 0.5 : (value - least) / (most - least)) * (height - 4 - top);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return [
    element('polygon', {
      points: `0,${height} ${path.join(' ')} ${width},${height}`,
      fill: colour,
      'fill-opacity': 0.2,
    }),
    element('polyline', {
      points: path.join(' '),
      fill: 'none',
      stroke: colour,
      'stroke-width': 1.5,
      'stroke-opacity': 0.8,
    }),
  ].join('');
}

interface Shown {
  readonly text: string;
  readonly colour: string;
  readonly isNumber: boolean;
}

/** What a stat says of a value: by its mappings, else by its unit and thresholds. */
export function shown(value: number | undefined, field: Field): Shown {
  const mapped = mappingOf(value, field);
  const none = value === undefined || Number.isNaN(value);
  const text = mapped?.text ?? (none ? (field.noValue ?? '-') : formatted(value, field.unit, field.decimals));
  const colour =
    mapped?.color === undefined
      ? thresholdColour(none ? -Infinity : value, field.thresholds?.steps)
      : hex(mapped.color);
  return { text, colour, isNumber: mapped?.text === undefined && !none };
}

function mappingOf(value: number | undefined, { mappings = [] }: Field) {
  for (const mapping of mappings) {
    if (mapping.type === 'value') {
      const found = mapping.options[String(value)];
      if (found !== undefined) return found;
    } else if (value === undefined || Number.isNaN(value)) return mapping.options.result;
  }
  return undefined;
}
