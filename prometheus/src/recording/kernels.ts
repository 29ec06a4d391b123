import { aggregate, binary, gauge, overTime } from '../promql/index.js';
import { THRESHOLDS } from '../thresholds.js';
import { record, type RecordingRule } from './rule.js';
import { WHO } from './series.js';

// Of a service, not of an instance: a process that ends while another of its service runs is a deployment, or fewer
// replicas. Whether a kernel is scraped or pushes makes no difference; and `up` does not know the name of one that is gone.
// Nor does whether it was killed or shut down, but for how long it is waited for: the series of one that shut down end at
// once, and are found for 5 minutes otherwise.
const { seenWithin, firstPushWithin } = THRESHOLDS.AgentOSKernelDown;
const uptime = gauge('agent_os_kernel_uptime_seconds');
const seen = overTime('last', uptime, seenWithin);
const there = binary(uptime, 'or', overTime('last', uptime, firstPushWithin));

export const KERNELS: readonly RecordingRule[] = [
  record(
    'agent_os:kernels_missing:count',
    binary(aggregate('count', seen, WHO), 'unless', aggregate('count', there, WHO)),
  ),
];
