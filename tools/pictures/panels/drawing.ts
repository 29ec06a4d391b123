import type { Size } from '../layout.js';
import type { Answer } from '../measure/answer.js';
import type { PicturePanel } from '../model/panel.js';

/** What there is to draw, in a place whose corner is 0, 0. */
export interface Drawing extends Size {
  readonly panel: PicturePanel;
  readonly answers: readonly Answer[];
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** Draws what is below the title. */
export type Draw = (drawing: Drawing) => string;
