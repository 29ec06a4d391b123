import { aggregate, binary, gauge, matches, matchesNot, overTime, thirdPartyGauge } from '../promql/index.js';
import { recorded, WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import { anyOf } from './any-of.js';
import type { Alert } from './alert.js';
import { SERVICE } from './text.js';

const { seenWithin, scrapedWithin } = THRESHOLDS.AgentOSKernelDown;

/** Whoever scrapes kernels has them under this job. One that answers gets the job of its service, by the Collector. */
const JOB = 'agent-os-kernel';
/** What `up` says of a kernel that a Collector cannot reach: who it is was in its answer. */
const NAMELESS = `${JOB}|`;

/** `up` is found for 5 minutes after the last scrape wrote it, and one that failed once must not look down so long. */
const unreachable = (service_name: ReturnType<typeof matches>) =>
  aggregate(
    'count',
    binary(overTime('max', thirdPartyGauge('up', { job: JOB, service_name }), scrapedWithin), '==', 0),
    WHO,
  );

const missing = recorded('agent_os:kernels_missing:count');
const named = unreachable(matchesNot(NAMELESS));
const nameless = unreachable(matches(NAMELESS));
const never = overTime('absent', gauge('agent_os_kernel_uptime_seconds'), seenWithin);

/** Where nothing was ever heard of, there is no name. */
const WHICH = `{{ if $labels.service_name }}The kernel of ${SERVICE}{{ else }}Every kernel{{ end }}`;

export const KERNEL_DOWN: Alert = {
  name: 'AgentOSKernelDown',
  severity: 'critical',
  team: 'sre',
  dashboard: 'agent-os-overview',
  expr: anyOf(
    missing,
    named,
    // Who it is that does not answer is known already, unless nothing is missing.
    binary(nameless, 'unless', missing, { on: [] }),
    binary(never, 'unless', nameless, { on: [] }),
  ),
  summary: `${WHICH} is down`,
  description: `It is not heard of any more, or its metrics cannot be scraped. If it is down, nothing checks what its agents do. A kernel that was stopped on purpose is forgotten after ${seenWithin}.`,
};
