// Grafana's dark theme, and what the names of colours mean in it.
import type { ThresholdStep } from './panel.js';

export const THEME = {
  page: '#111217',
  panel: '#181b1f',
  border: '#26282e',
  line: '#2c2f36',
  text: '#ccccdc',
  faint: '#8e8f9c',
  strong: '#ffffff',
} as const;

const NAMED: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
};

export function hex(colour: string): string {
  const value = colour.startsWith('#') ? colour : NAMED[colour];
  if (value === undefined) throw new Error(`tools/pictures does not know the colour ${colour}`);
  return value;
}

/** Steps rise; the first, without a value, is from minus infinity on. */
export const thresholdColour = (value: number, steps: readonly ThresholdStep[] = []): string =>
  hex(steps.findLast((step) => step.value === null || value >= step.value)?.color ?? 'green');

/** Of one colour, darker with each series, and from the start again after four. */
export function shade(colour: string, index: number): string {
  const share = 1 - (index % 4) * 0.2;
  const channels = hex(colour).slice(1).match(/../g)!;
  return `#${channels
    .map((channel) =>
      Math.round(parseInt(channel, 16) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
