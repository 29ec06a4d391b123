import { hex, shade } from './colours.js';
import { fieldOf, type PicturePanel } from './panel.js';

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
