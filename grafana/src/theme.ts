// Colours, limits and words that all panels share, and where they read.
import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { CONFIG } from '../../prometheus/src/settings.js';

/** As grafana/provisioning has them. */
export const { prometheusUid: PROMETHEUS_UID, jaegerUid: JAEGER_UID } = CONFIG;

/** The data source that the page has chosen, ours unless somebody chose another. */
export const CHOSEN_PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };

/** Of the plugin that docker-compose.yml names. */
export const VICTORIA_LOGS = { type: 'victoriametrics-logs-datasource', uid: CONFIG.victoriaLogsUid };

// Red is for what is bad and wants somebody. A denied action is a decision that worked: never red.
export const GOOD = 'green';
export const NEUTRAL = 'blue';
export const WATCH = 'orange';
export const BAD = 'red';
/** Of what is not known. */
export const UNKNOWN = '#6e7178';

export const SEVERITY_COLOURS = { low: 'blue', medium: 'yellow', high: 'orange', critical: 'red' } as const;
export const KILL_COLOURS = {
  stopped: 'green',
  nothing_stopped: 'orange',
  failed: 'red',
  refused: 'purple',
  timed_out: 'dark-red',
} as const;
export const STATUS_COLOURS = { success: 'green', denied: 'purple', error: 'red' } as const;
export const VERIFICATION_COLOURS = { verified: 'green', flagged: 'orange', rejected: 'purple' } as const;
export const CONFIDENCE_COLOURS = { high: 'green', medium: 'yellow', low: 'orange' } as const;

/** Says nothing of good or bad. */
export const plain = (): Threshold[] => [{ value: null, color: NEUTRAL }];

/** Bad from there on, as the alert of the same number. */
export const badFrom = (value: number): Threshold[] => [
  { value: null, color: GOOD },
  { value, color: BAD },
];

/** Bad as soon as it has happened: counts are whole. */
export const badAbove = (count: number): Threshold[] => badFrom(count + 1);

export const badBelow = (value: number): Threshold[] => [
  { value: null, color: BAD },
  { value, color: GOOD },
];

/** Worth a look from there on, and no more than that. */
export const watchFrom = (value: number): Threshold[] => [
  { value: null, color: GOOD },
  { value, color: WATCH },
];

// What an empty panel says. A panel that shows 0 for nothing is empty only when no data arrives; the others cannot tell,
// and say where to look.
export const NO_DATA = 'No data arrives';

export const nothingOrNoData = (nothing: string): string =>
  `${nothing} in this time range. If Kernel Uptime is empty too, no data arrives.`;
