// The numbers of the alerts, and of the panels that show where an alert begins: the defaults, and what an operator has set.
import { CONFIG } from './settings.js';
import { DEFAULT_THRESHOLDS, type Threshold } from './default-thresholds.js';

export { BUDGETS, type AlertName, type Threshold } from './default-thresholds.js';

function withSettings<T extends Readonly<Record<string, Threshold>>>(defaults: T): T {
  return Object.fromEntries(
    Object.entries(defaults).map(([alert, threshold]) => [
      alert,
      { ...threshold, ...CONFIG.thresholds[alert] },
    ]),
  ) as T;
}

export const THRESHOLDS = withSettings(DEFAULT_THRESHOLDS);
