import type { MetricDefinition } from './types.js';

/** That a kernel is there, and until when. Rules make a state of each kernel of them. */
export const PRESENCE_METRICS = {
  agent_os_kernel_start_timestamp_seconds: {
    kind: 'observableGauge',
    unit: 's',
    description: 'When the kernel started, in seconds since the epoch by its own clock.',
    labels: {},
    overWorkers: 'max',
  },
  agent_os_kernel_heartbeat_timestamp_seconds: {
    kind: 'observableGauge',
    unit: 's',
    description: 'What time it is for the kernel, in seconds since the epoch by its own clock.',
    labels: {},
    overWorkers: 'max',
  },
  agent_os_kernel_heartbeat_interval_seconds: {
    kind: 'observableGauge',
    unit: 's',
    description: 'How often the kernel promises to push a heartbeat; absent where it is scraped.',
    labels: {},
    overWorkers: 'max',
  },
  agent_os_kernel_stopping: {
    kind: 'observableGauge',
    unit: '',
    description: '1 once the kernel has been told to stop: what comes after it is no loss of a kernel.',
    labels: {},
    overWorkers: 'min',
  },
} as const satisfies Record<string, MetricDefinition>;
