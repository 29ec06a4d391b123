import { MEASURES } from '../measures.js';
import { binary, counter, increaseOver, sum } from '../promql/index.js';
import { recorded, WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { label, PERCENT, percent, SECONDS, SERVICE, VALUE } from './text.js';

const rate = THRESHOLDS.AgentOSHighViolationRate;
const spike = THRESHOLDS.AgentOSSIGKILLSpike;
const crash = THRESHOLDS.AgentOSKernelCrash;
const policy = THRESHOLDS.AgentOSHighPolicyLatency;
const execution = THRESHOLDS.AgentOSExecutionTimeout;
const errors = THRESHOLDS.AgentOSPolicyErrors;
const recovery = THRESHOLDS.AgentOSHighMTTR;

const crashes = sum(increaseOver(counter('agent_os_kernel_crashes_total'), crash.window), WHO);
const PER_ACTION = [...WHO, 'action'] as const;
const enoughActions = binary(
  sum(recorded('agent_os_action:executions:buckets', { le: '+Inf' }), PER_ACTION),
  '>=',
  execution.minimumExecutions,
);

export const KERNEL_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSHighViolationRate',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-overview',
    expr: binary(
      binary(MEASURES.AgentOSHighViolationRate(), '>', rate.ratio),
      'and',
      binary(sum(recorded(`agent_os:violations:increase${rate.window}`), WHO), '>=', rate.minimumViolations),
    ),
    summary: `${PERCENT} of requests to ${SERVICE} violate a policy`,
    description: `Over the last ${rate.window}, ${PERCENT} of the requests to ${SERVICE} were policy violations; ${percent(rate.ratio)} is the limit. Agents try what they may not do, or a policy is wrong.`,
  },
  {
    name: 'AgentOSSIGKILLSpike',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-overview',
    expr: binary(MEASURES.AgentOSSIGKILLSpike(), '>', spike.kills),
    summary: `${VALUE} agents of ${SERVICE} were killed within ${spike.window}`,
    description: `The kernel of ${SERVICE} issued ${VALUE} SIGKILLs within ${spike.window}, all agents together; more than ${spike.kills} is a spike.`,
  },
  {
    name: 'AgentOSKernelCrash',
    severity: 'critical',
    team: 'sre',
    dashboard: 'agent-os-overview',
    expr: binary(crashes, '>', crash.crashes),
    summary: `The kernel of ${SERVICE} crashed`,
    description: `${VALUE} kernel crash(es) of ${SERVICE} within ${crash.window}. While a kernel is down, nothing checks what its agents do.`,
  },
  {
    name: 'AgentOSPolicyErrors',
    severity: 'critical',
    team: 'sre',
    dashboard: 'agent-os-performance',
    expr: binary(
      binary(
        binary(recorded('agent_os_policy:failed:count'), '/', recorded('agent_os_policy:checked:count')),
        '>',
        errors.ratio,
      ),
      'and',
      binary(recorded('agent_os_policy:failed_lately:count'), '>=', errors.minimumErrors),
    ),
    summary: `${PERCENT} of the checks of ${label('policy')} in ${SERVICE} throw`,
    description: `Of the checks of ${label('policy')} in ${SERVICE}, ${PERCENT} threw over the last ${errors.window}; ${percent(errors.ratio)} is the limit. A check that threw has decided nothing.`,
  },
];

/** They wait for minutes: how long much takes is asked once a minute. */
export const EXECUTION_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSExecutionTimeout',
    severity: 'warning',
    team: 'sre',
    dashboard: 'agent-os-performance',
    expr: binary(binary(MEASURES.AgentOSExecutionTimeout(), '>', execution.seconds), 'and', enoughActions),
    summary: `${label('action')} of ${SERVICE} takes ${SECONDS} (p99)`,
    description: `The slowest hundredth of the executions of ${label('action')} by ${SERVICE} took ${SECONDS} or more over the last ${execution.window}; the limit is ${execution.seconds} s.`,
  },
];

export const LATENCY_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSHighPolicyLatency',
    severity: 'warning',
    team: 'sre',
    dashboard: 'agent-os-performance',
    expr: binary(MEASURES.AgentOSHighPolicyLatency(), '>', policy.seconds),
    summary: `Policy checks of ${SERVICE} take ${SECONDS} (p99)`,
    description: `The slowest hundredth of the policy checks of ${SERVICE} took ${SECONDS} or more over the last ${policy.window}; the limit is ${policy.seconds} s. Every governed action waits for its check.`,
  },
  {
    name: 'AgentOSHighMTTR',
    severity: 'warning',
    team: 'sre',
    dashboard: 'agent-os-overview',
    expr: binary(MEASURES.AgentOSHighMTTR(), '>', recovery.seconds),
    summary: `Agents of ${SERVICE} take ${SECONDS} to recover (median)`,
    description: `Half of the recoveries of ${SERVICE} within ${recovery.window} took ${SECONDS} or more from SIGKILL to recovery; the limit is ${recovery.seconds} s.`,
  },
];
