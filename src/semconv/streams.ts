import { type MetricDefinition, open } from './types.js';

export const STREAM_METRICS = {
  agent_os_streams_abandoned_total: {
    kind: 'counter',
    unit: '{stream}',
    description: 'Streams that actions gave and that nobody read to their end.',
    labels: { action: open },
  },
} as const satisfies Record<string, MetricDefinition>;
