import { MEASURES } from '../measures.js';
import { binary, histogram, increaseOver, sum } from '../promql/index.js';
import { WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { label, SECONDS, SERVICE, VALUE } from './text.js';

const ungoverned = THRESHOLDS.AgentOSUngovernedActions;
const stopped = THRESHOLDS.AgentOSAllowedAfterStop;
const changed = THRESHOLDS.AgentOSApprovedActionChanged;
const containment = THRESHOLDS.AgentOSSlowContainment;
const notUnderstood = THRESHOLDS.AgentOSVerdictNotUnderstood;
const unknownChecks = histogram('agent_os_policy_check_duration_seconds', { result: 'unknown' }).count;

/** What must not happen at all, and what stops it when it does. */
export const SAFETY_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSUngovernedActions',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSUngovernedActions(), '>', ungoverned.actions),
    summary: `${label('action')} ran ungoverned in ${SERVICE}`,
    description: `${VALUE} execution(s) of ${label('action')} by ${SERVICE} within ${ungoverned.window} had no policy decision before them: something goes around the kernel.`,
  },
  {
    name: 'AgentOSAllowedAfterStop',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSAllowedAfterStop(), '>', stopped.actions),
    summary: `A ${label('state')} agent of ${SERVICE} was allowed to act`,
    description: `${VALUE} verdict(s) of ${SERVICE} within ${stopped.window} allowed an action of an agent that was ${label('state')}: stopping it did not hold.`,
  },
  {
    name: 'AgentOSApprovedActionChanged',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSApprovedActionChanged(), '>', changed.actions),
    summary: `Another action ran than ${label('policy')} in ${SERVICE} had approved`,
    description: `${VALUE} action(s) of ${SERVICE} within ${changed.window} were approved for ${label('policy')}, and ran with another name or other arguments: the approval was for something else.`,
  },
  {
    name: 'AgentOSVerdictNotUnderstood',
    severity: 'warning',
    team: 'soc',
    dashboard: 'agent-os-performance',
    expr: binary(
      sum(increaseOver(unknownChecks, notUnderstood.window), [...WHO, 'policy']),
      '>',
      notUnderstood.checks,
    ),
    summary: `Verdicts of ${label('policy')} in ${SERVICE} are not understood`,
    description: `${VALUE} answer(s) of ${label('policy')} in ${SERVICE} within ${notUnderstood.window} had no shape that is read as a verdict. Nobody knows whether they allowed or denied.`,
  },
  {
    name: 'AgentOSSlowContainment',
    severity: 'warning',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSSlowContainment(), '>', containment.seconds),
    summary: `Kills in ${SERVICE} take ${SECONDS} to hold (p95)`,
    description: `From the call of a kill until all handlers and compensations of ${SERVICE} had run took ${SECONDS} or more in the slowest twentieth within ${containment.window}; the limit is ${containment.seconds} s. Meanwhile the agent may go on.`,
  },
];
