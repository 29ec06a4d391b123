import type { MetricName } from '../../src/semconv/index.js';

const STATE = 'rules make a state of each kernel of it, and alerts compare that';

/** Metrics that no panel shows, and why. All others are on one; a test checks both. */
export const NOT_ON_A_PANEL: Readonly<Partial<Record<MetricName, string>>> = {
  agent_os_kernel_start_timestamp_seconds: STATE,
  agent_os_kernel_heartbeat_interval_seconds: STATE,
  agent_os_kernel_stopping: STATE,
};
