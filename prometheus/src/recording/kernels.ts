import { aggregate, binary, gauge, overTime } from '../promql/index.js';
import { THRESHOLDS } from '../thresholds.js';
import { record, type RecordingRule } from './rule.js';
import { WHO } from './series.js';

// Of a service, not of an instance: a process that ends while another of its service runs is a deployment, or fewer
// replicas. Whether a kernel is scraped or pushes makes no difference; and `up` does not know the name of one that is gone.
const uptime = gauge('agent_os_kernel_uptime_seconds');
const seen = overTime('last', uptime, THRESHOLDS.AgentOSKernelDown.seenWithin);

export const KERNELS: readonly RecordingRule[] = [
  record(
    'agent_os:kernels_missing:count',
    binary(aggregate('count', seen, WHO), 'unless', aggregate('count', uptime, WHO)),
  ),
];
