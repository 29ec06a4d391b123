export { distribution, ranking } from './bar-gauge.js';
export { events } from './events.js';
export { heatmap } from './heatmap.js';
export { pie } from './pie.js';
export { stat } from './stat.js';
export { table } from './table.js';
export { bars, lines } from './time-series.js';
export { traces } from './traces.js';
