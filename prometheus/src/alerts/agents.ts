import { MEASURES } from '../measures.js';
import { binary, counter, increaseOver, sum } from '../promql/index.js';
import { recorded, WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { label, PERCENT, percent, SERVICE, VALUE } from './text.js';

const loop = THRESHOLDS.AgentCrashLoop;
const failing = THRESHOLDS.AgentHighErrorRate;

export const AGENT_ALERTS: readonly Alert[] = [
  {
    // Of one agent, unlike a spike: three crashes are a loop only if they are the same agent's.
    name: 'AgentCrashLoop',
    severity: 'warning',
    team: 'sre',
    dashboard: 'agent-os-performance',
    expr: binary(
      sum(increaseOver(counter('agent_os_agent_crashes_total'), loop.window), [...WHO, 'agent_id']),
      '>',
      loop.crashes,
    ),
    summary: `Agent ${label('agent_id')} of ${SERVICE} crashes again and again`,
    description: `Agent ${label('agent_id')} of ${SERVICE} crashed ${VALUE} times within ${loop.window}; more than ${loop.crashes} is a loop.`,
  },
  {
    name: 'AgentHighErrorRate',
    severity: 'warning',
    team: 'sre',
    dashboard: 'agent-os-performance',
    expr: binary(
      binary(MEASURES.AgentHighErrorRate(), '>', failing.ratio),
      'and',
      binary(recorded('agent_os:agent_errors:count'), '>=', failing.minimumErrors),
    ),
    summary: `Agents of ${SERVICE} fail in ${PERCENT} of their executions`,
    description: `Over the last ${failing.window}, agents of ${SERVICE} had ${PERCENT} as many errors as executions; ${percent(failing.ratio)} is the limit.`,
  },
];
