import { oneOf, open, type MetricDefinition } from './types.js';
import { DROP_REASONS, EVICTED_STATES, REFUSAL_REASONS, TELEMETRY_SIGNALS } from './values.js';

/** What the SDK says of itself. */
export const TELEMETRY_METRICS = {
  agent_os_telemetry_dropped_total: {
    kind: 'counter',
    unit: '{item}',
    description: 'Telemetry that was lost or coarsened, and why.',
    labels: { signal: oneOf(...TELEMETRY_SIGNALS), reason: oneOf(...DROP_REASONS) },
    initialSeries: [
      { signal: 'metrics', reason: 'cardinality' },
      { signal: 'traces', reason: 'queue_full' },
      { signal: 'traces', reason: 'export_failed' },
      { signal: 'logs', reason: 'queue_full' },
      { signal: 'logs', reason: 'export_failed' },
    ],
  },
  agent_os_telemetry_overflowed_total: {
    kind: 'counter',
    unit: '{recording}',
    description:
      'Recordings that went to an overflow series: of which metric, and which of its labels was full (* for all).',
    labels: { label: open, metric: open },
    ofOthers: true,
  },
  agent_os_telemetry_series: {
    kind: 'observableGauge',
    unit: '{series}',
    description: 'Series a metric holds in this process.',
    labels: { metric: open },
    ofOthers: true,
    overWorkers: 'max',
  },
  agent_os_telemetry_series_limit: {
    kind: 'observableGauge',
    unit: '{series}',
    description: 'Series a metric may hold before new ones go to the overflow series.',
    labels: { metric: open },
    ofOthers: true,
    overWorkers: 'min',
  },
  agent_os_telemetry_scrape_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Time to collect, serialize and compress one scrape of /metrics.',
    labels: {},
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  agent_os_telemetry_endpoint_refused_total: {
    kind: 'counter',
    unit: '{request}',
    description: 'Requests and connections that the metrics endpoint turned away, and why.',
    labels: { reason: oneOf(...REFUSAL_REASONS) },
    initialSeries: [{ reason: 'unauthenticated' }, { reason: 'host' }],
  },
  agent_os_telemetry_endpoint_evicted_total: {
    kind: 'counter',
    unit: '{socket}',
    description: 'Sockets of the metrics endpoint that were closed in favour of new ones.',
    labels: { state: oneOf(...EVICTED_STATES) },
    initialSeries: [{ state: 'idle' }],
  },
} as const satisfies Record<string, MetricDefinition>;
