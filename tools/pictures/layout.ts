import type { GridPos } from './model/panel.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

export const WIDTH = 1600;
const MARGIN = 16;
const COLUMNS = 24;
/** Grafana's: a row of the grid with the gap below it. */
const ROW = 38;
const GAP = 8;

/** Where Grafana puts a panel on a page of this width, the grid's top being 0. */
export function boxOf({ x, y, w, h }: GridPos): Box {
  const column = (WIDTH - 2 * MARGIN + GAP) / COLUMNS;
  return { x: MARGIN + x * column, y: y * ROW, width: w * column - GAP, height: h * ROW - GAP };
}

export const heightOf = (places: readonly GridPos[]): number =>
  Math.max(0, ...places.map(({ y, h }) => (y + h) * ROW));
