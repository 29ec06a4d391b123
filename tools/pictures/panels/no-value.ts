import { THEME } from '../model/colours.js';
import { text } from '../svg/element.js';
import { wrapped } from '../svg/text-width.js';
import type { Drawing } from './drawing.js';

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
