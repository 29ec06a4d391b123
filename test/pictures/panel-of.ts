import type { PicturePanel } from '../../tools/pictures/model/panel.js';

/** A panel of which only what the test says matters. */
export const panelOf = (what: Partial<PicturePanel>): PicturePanel => ({
  id: 1,
  type: 'timeseries',
  title: 'A panel',
  gridPos: { x: 0, y: 0, w: 12, h: 9 },
  interval: undefined,
  timeFrom: undefined,
  field: {},
  overrides: [],
  options: {},
  transformations: [],
  formats: {},
  ...what,
});
