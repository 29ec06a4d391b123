import { formatted } from '../format/units.js';
import { hex, thresholdColour } from './colours.js';
import type { Field } from './panel.js';

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
