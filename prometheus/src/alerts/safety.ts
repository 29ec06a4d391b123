import { AUDIT_LOG, VERIFY } from '../../../src/semconv/components.js';
import { MEASURES } from '../measures.js';
import { alsoAs, binary, counter, histogram, increaseOver, matchesNot, sum } from '../promql/index.js';
import { WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { anyOf } from './any-of.js';
import { label, SECONDS, SERVICE, VALUE } from './text.js';

const unblocked = THRESHOLDS.AgentOSUnblockedViolation;
const ungoverned = THRESHOLDS.AgentOSUngovernedActions;
const stopped = THRESHOLDS.AgentOSAllowedAfterStop;
const changed = THRESHOLDS.AgentOSApprovedActionChanged;
const containment = THRESHOLDS.AgentOSSlowContainment;
const failOpen = THRESHOLDS.AgentOSFailOpen;
const failed = THRESHOLDS.AgentOSKillFailed;
const hung = THRESHOLDS.AgentOSKillHung;
const timedOut = counter('agent_os_kill_attempts_total', { outcome: 'timed_out' });
const hungOf = binary(sum(increaseOver(timedOut, hung.window), [...WHO, 'agent_id']), '>', hung.attempts);
const OF_AGENT = '{{ with $labels.agent_id }}of agent {{ . }} {{ end }}';
const notUnderstood = THRESHOLDS.AgentOSVerdictNotUnderstood;
const audit = THRESHOLDS.AgentOSAuditBroken;
const credentials = THRESHOLDS.AgentOSCredentialsDenied;
/** What threw did not verify either: a hash of another length makes it throw. */
const notVerified = counter('agent_os_component_operations_total', {
  component: AUDIT_LOG,
  operation: VERIFY,
  result: matchesNot('ok'),
});
const refused = counter('agent_os_component_operations_total', {
  component: 'credential_injector',
  result: 'denied',
});
const unknownChecks = histogram('agent_os_policy_check_duration_seconds', { result: 'unknown' }).count;

/** What must not happen at all, and what stops it when it does. */
export const SAFETY_ALERTS: readonly Alert[] = [
  {
    // Whatever its severity: the kernel is there to stop it. `severity` is the alert's own label.
    name: 'AgentOSUnblockedViolation',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-overview',
    expr: alsoAs(
      binary(MEASURES.AgentOSUnblockedViolation(), '>', unblocked.violations),
      'severity',
      'violation_severity',
    ),
    summary: `Agent ${label('agent_id')} of ${SERVICE} broke ${label('policy')}, and nobody stopped it`,
    description: `${VALUE} violation(s) of ${label('policy')} by agent ${label('agent_id')} of ${SERVICE} within ${unblocked.window}, of severity ${label('violation_severity')}, were not blocked: what the policy forbids has happened.`,
  },
  {
    name: 'AgentOSUngovernedActions',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSUngovernedActions(), '>', ungoverned.actions),
    summary: `${label('action')} of agent ${label('agent_id')} ran ungoverned in ${SERVICE}`,
    description: `${VALUE} execution(s) of ${label('action')} by agent ${label('agent_id')} of ${SERVICE} within ${ungoverned.window} had no policy decision before them: something goes around the kernel.`,
  },
  {
    name: 'AgentOSAllowedAfterStop',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSAllowedAfterStop(), '>', stopped.actions),
    summary: `Agent ${label('agent_id')} of ${SERVICE} was allowed to act though it is ${label('state')}`,
    description: `${VALUE} verdict(s) of ${SERVICE} within ${stopped.window} allowed an action of agent ${label('agent_id')}, which was ${label('state')}: stopping it did not hold.`,
  },
  {
    name: 'AgentOSFailOpen',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSFailOpen(), '>', failOpen.verdicts),
    summary: `${label('policy')} in ${SERVICE} fails open`,
    description: `${VALUE} verdict(s) of ${label('policy')} in ${SERVICE} within ${failOpen.window} allowed an action though nothing was evaluated (${label('provenance')}): the engine or a backend of it failed, and the allow was made up.`,
  },
  {
    name: 'AgentOSAuditBroken',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(sum(increaseOver(notVerified, audit.window), [...WHO, 'result']), '>', audit.verifications),
    summary: `The audit log of ${SERVICE} does not verify`,
    description: `${VALUE} verification(s) of an audit log of ${SERVICE} within ${audit.window} ended as ${label('result')}: its chain of hashes is broken, and an entry may have been changed.`,
  },
  {
    name: 'AgentOSCredentialsDenied',
    severity: 'warning',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(sum(increaseOver(refused, credentials.window), WHO), '>', credentials.denials),
    summary: `Agents of ${SERVICE} ask for credentials that they may not have`,
    description: `${VALUE} call(s) of ${SERVICE} within ${credentials.window} were refused a credential. An agent, or the metadata of a tool, asks for more than it was given.`,
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
    name: 'AgentOSKillFailed',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: binary(MEASURES.AgentOSKillFailed(), '>', failed.attempts),
    summary: `A kill of agent ${label('agent_id')} in ${SERVICE} stopped nothing (${label('outcome')})`,
    description: `${VALUE} attempt(s) of ${SERVICE} to kill agent ${label('agent_id')} within ${failed.window} ended as ${label('outcome')}: it may go on.`,
  },
  {
    name: 'AgentOSKillHung',
    severity: 'critical',
    team: 'soc',
    dashboard: 'agent-os-safety',
    expr: anyOf<string>(
      binary(MEASURES.AgentOSKillHung(), '>', hung.seconds),
      // One that has ended since is under way no more; this names the agent.
      hungOf,
    ),
    summary: `A kill ${OF_AGENT}in ${SERVICE} hangs`,
    description: `A kill ${OF_AGENT}in ${SERVICE} was under way for more than ${hung.seconds} s, now or within ${hung.window}. Until its handlers have run, whom it is to stop may go on.`,
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
