import { binary } from '../promql/index.js';
import { recorded, WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { label, SERVICE } from './text.js';

const loop = THRESHOLDS.AgentOSKernelCrashLoop;
const idle = THRESHOLDS.AgentOSKernelIdle;
const skewed = THRESHOLDS.AgentOSKernelSkewed;

const inState = (state: string) => recorded('agent_os:kernel_state', { state });
const live = recorded('agent_os:kernels_live:count');
/** One that a host expects is known by its service alone, as a rule. */
const KERNEL = `${SERVICE}{{ with $labels.agent_os_kernel_id }}, {{ . }},{{ end }}`;

/** One for each state that a kernel should not be in: of one kernel they exclude each other, of two they do not. */
export const PRESENCE_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSKernelDown',
    severity: 'critical',
    team: 'sre',
    dashboard: 'agent-os-overview',
    expr: binary(inState('lost'), 'unless', live, { on: WHO }),
    lesser: { severity: 'warning', expr: binary(inState('lost'), 'and', live, { on: WHO }) },
    summary: `The kernel of ${KERNEL} is down`,
    description: `It is not heard of any more, or is expected and not there, and has not said goodbye. It is critical where the service has no other kernel: then nothing checks what its agents do.`,
  },
  {
    name: 'AgentOSKernelCrashLoop',
    severity: 'critical',
    team: 'sre',
    dashboard: 'agent-os-overview',
    expr: inState('looping'),
    summary: `The kernel of ${KERNEL} starts again and again`,
    description: `It started ${loop.starts} times or more within ${loop.window}, after the first. Between its end and its start nothing checks what agents do, and what it counted last before each end is lost.`,
  },
  {
    name: 'AgentOSKernelIdle',
    severity: 'warning',
    team: 'soc',
    dashboard: 'agent-os-overview',
    expr: inState('idle'),
    summary: `The kernel of ${KERNEL} has nothing to do`,
    description: `It is there, and was asked nothing for ${idle.window}: no request and no policy check. Either its agents rest, or they go by without it.`,
  },
  {
    name: 'AgentOSKernelSkewed',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: inState('skewed'),
    summary: `The clock of the kernel of ${KERNEL} is wrong`,
    description: `It is off by more than ${skewed.seconds} s. What it sends is stored at the wrong time, or refused: beyond some minutes nothing else of ${label('service_name')} is seen.`,
  },
];
