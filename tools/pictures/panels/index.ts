import { barGauge } from './bar-gauge.js';
import type { Draw } from './drawing.js';
import { heatmap } from './heatmap.js';
import { pie } from './pie.js';
import { stat } from './stat.js';
import { table } from './table.js';
import { timeSeries } from './time-series.js';

const BY_TYPE: Readonly<Record<string, Draw>> = {
  bargauge: barGauge,
  heatmap,
  piechart: pie,
  stat,
  table,
  timeseries: timeSeries,
};

/** @throws Error for a kind of panel that no dashboard had when this was written. */
export function drawerOf(type: string): Draw {
  const draw = BY_TYPE[type];
  if (draw === undefined) throw new Error(`tools/pictures does not draw panels of type ${type}`);
  return draw;
}
