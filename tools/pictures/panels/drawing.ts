import type { Size } from '../layout.js';
import type { Answer } from '../measure.js';
import type { PicturePanel } from '../model/panel.js';
import { THEME } from '../model/colours.js';
import { text } from '../svg/element.js';
import { wrapped } from '../svg/font.js';

/** The address of a link whose variables are filled in; undefined where it leads nowhere. */
export type LinkFiller = (url: string, fields: Readonly<Record<string, string>>) => string | undefined;

/** What there is to draw, in a place whose corner is 0, 0. */
export interface Drawing extends Size {
  readonly panel: PicturePanel;
  readonly answers: readonly Answer[];
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Where rows lead, on a page that can be clicked. */
  readonly linked?: LinkFiller | undefined;
}

/** Draws what is below the title. */
export type Draw = (drawing: Drawing) => string;

const SIZE = 15;
const LINE = 22;

export function noValue({ panel, width, height }: Drawing): string {
  const lines = wrapped(panel.field.noValue ?? 'No data', width * 0.8, SIZE);
  const top = height / 2 - ((lines.length - 1) * LINE) / 2;
  return lines
    .map((line, index) =>
      text(width / 2, top + index * LINE, line, { size: SIZE, colour: THEME.faint, anchor: 'middle' }),
    )
    .join('');
}
