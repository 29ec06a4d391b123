import { formatted } from '../units.js';
import { THEME, seriesColours } from '../model/colours.js';
import { fieldOf } from '../model/panel.js';
import { lastOf, namedSeries } from '../model/series.js';
import { element, moved, text } from '../svg/element.js';
import { cut, textWidth } from '../svg/font.js';
import { type Draw, type Drawing, noValue } from './drawing.js';

const GAP = 8;
/** Grafana's: of names below upright bars. */
const NAME = 14;
/** Grafana puts the name above a lying bar that is higher than this. */
const ROOM_ABOVE = 40;

interface Bar {
  readonly name: string;
  readonly content: string;
  readonly colour: string;
  /** Of the longest. */
  readonly share: number;
}

export const barGauge: Draw = (drawing) => {
  const { panel, answers } = drawing;
  const values = namedSeries(answers).map((series) => ({ name: series.name, value: lastOf(series) ?? 0 }));
  if (values.length === 0) return noValue(drawing);
  const most = Math.max(...values.map(({ value }) => value));
  const colours = seriesColours(
    panel,
    values.map(({ name }) => name),
  );
  const bars = values.map(({ name, value }) => {
    const field = fieldOf(panel, name);
    const share = most > 0 ? value / most : 0;
    return {
      name,
      content: formatted(value, field.unit, field.decimals),
      colour: colours.get(name)!,
      share,
    };
  });
  return panel.options.orientation === 'vertical' ? upright(bars, drawing) : lying(bars, drawing);
};

function upright(bars: readonly Bar[], { width, height }: Drawing): string {
  const each = (width - GAP * (bars.length - 1)) / bars.length;
  const room = height - NAME * 1.6 - 26;
  const size = Math.min(20, ...bars.map(({ content }) => each / textWidth(content, 1)));
  return bars
    .map(({ name, content, colour, share }, index) => {
      const tall = Math.max(1, share * room);
      const top = 26 + room - tall;
      return moved(
        index * (each + GAP),
        0,
        filled(0, top, each, tall, colour),
        element('rect', { x: 0, y: top, width: each, height: 2, fill: colour }),
        text(each / 2, top - 14, content, { size, colour, anchor: 'middle' }),
        text(each / 2, height - NAME * 0.7, cut(name, each, NAME), {
          size: NAME,
          colour: THEME.text,
          anchor: 'middle',
        }),
      );
    })
    .join('');
}

function lying(bars: readonly Bar[], { width, height }: Drawing): string {
  const each = Math.min(90, (height - GAP * (bars.length - 1)) / bars.length);
  const above = each > ROOM_ABOVE;
  const nameSize = above ? Math.min(18, each * 0.3) : Math.min(16, each * 0.6);
  const nameRoom = above
    ? 0
    : Math.min(width * 0.4, Math.max(...bars.map(({ name }) => textWidth(name, nameSize))) + 12);
  const barTop = above ? nameSize * 1.5 : 0;
  const valueSize = Math.min(24, (each - barTop) * 0.7);
  const valueRoom = Math.max(...bars.map(({ content }) => textWidth(content, valueSize))) + 14;
  return bars
    .map(({ name, content, colour, share }, index) => {
      const long = Math.max(2, share * (width - nameRoom - valueRoom));
      const middle = barTop + (each - barTop) / 2;
      const shownName = cut(name, above ? width : nameRoom, nameSize);
      return moved(
        0,
        index * (each + GAP),
        text(0, above ? nameSize * 0.6 : middle, shownName, { size: nameSize, colour: THEME.text }),
        filled(nameRoom, barTop, long, each - barTop, colour),
        element('rect', { x: nameRoom + long - 2, y: barTop, width: 2, height: each - barTop, fill: colour }),
        text(nameRoom + long + 8, middle, content, { size: valueSize, colour }),
      );
    })
    .join('');
}

const filled = (x: number, y: number, width: number, height: number, fill: string): string =>
  element('rect', { x, y, width, height, fill, 'fill-opacity': 0.35 });
