// Grafana's dark theme, and what the names of colours mean in it.
import { type ThresholdStep, fieldOf, type PicturePanel } from './panel.js';

export const THEME = {
  page: '#111217',
  panel: '#181b1f',
  border: '#26282e',
  line: '#2c2f36',
  text: '#ccccdc',
  faint: '#8e8f9c',
  strong: '#ffffff',
  link: '#6e9fff',
} as const;

const NAMED: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
  'dark-red': '#c4162a',
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

/** Far apart on a dark page. Without red: that is for what is bad, and said by name. */
const PALETTE: readonly string[] = [
  '#73bf69',
  '#5794f2',
  '#ff9830',
  '#b877d9',
  '#fade2a',
  '#6ed0e0',
  '#f29191',
  '#c0d8ff',
  '#4fc9a4',
  '#37872d',
  '#e5a8e2',
  '#3274d9',
];

/**
 * Those that the panel gives, else one for the name, so that it has the same on every panel. Two names of a panel never
 * share one as long as there are enough; Grafana's own choice may.
 */
export function seriesColours(panel: PicturePanel, names: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  const free = new Set(PALETTE.keys());
  for (const [index, name] of names.entries()) {
    const { color, thresholds } = fieldOf(panel, name);
    if (color?.mode === 'fixed') colours.set(name, hex(color.fixedColor ?? 'blue'));
    else if (color?.mode === 'shades') colours.set(name, shade(color.fixedColor ?? 'blue', index));
    else if (color?.mode?.startsWith('palette') === true) colours.set(name, PALETTE[taken(name, free)]!);
    else colours.set(name, hex(thresholds?.steps[0]?.color ?? 'green'));
  }
  return colours;
}

function taken(name: string, free: Set<number>): number {
  const hash = [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 0);
  const own = hash % PALETTE.length;
  const index = [...PALETTE.keys()].map((step) => (own + step) % PALETTE.length).find((one) => free.has(one));
  free.delete(index ?? own);
  return index ?? own;
}
