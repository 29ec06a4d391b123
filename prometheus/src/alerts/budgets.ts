// Error budgets: a page when one is spent so fast that it would not last, a message when slowly but steadily.
import { binary, type Expression } from '../promql/index.js';
import { recorded, type WHO } from '../recording/series.js';
import { BUDGETS, THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { PERCENT, percent, SERVICE } from './text.js';

type Who = (typeof WHO)[number];
type Ratio = 'violations_per_request' | 'policy_errors_per_check';

/** In both windows, and not of a handful of events. */
function burns(
  ratio: Ratio,
  events: 'requests' | 'policy_checks',
  budget: number,
  at: (typeof THRESHOLDS)[
    | 'AgentOSViolationBudgetFastBurn'
    | 'AgentOSViolationBudgetSlowBurn'
    | 'AgentOSPolicyErrorBudgetFastBurn'
    | 'AgentOSPolicyErrorBudgetSlowBurn'],
): Expression<Who> {
  const limit = Number((at.burn * budget).toPrecision(6));
  const long = binary(recorded(`agent_os:${ratio}:ratio${at.longWindow}`), '>', limit);
  const short = binary(recorded(`agent_os:${ratio}:ratio${at.shortWindow}`), '>', limit);
  const enough = binary(recorded(`agent_os:${events}:increase${at.longWindow}`), '>=', at.minimumEvents);
  return binary(binary(long, 'and', short), 'and', enough);
}

const violations = (name: 'AgentOSViolationBudgetFastBurn' | 'AgentOSViolationBudgetSlowBurn') => ({
  name,
  team: 'soc' as const,
  dashboard: 'agent-os-safety' as const,
  expr: burns('violations_per_request', 'requests', BUDGETS.violations, THRESHOLDS[name]),
  summary: `${SERVICE} spends its budget of violations ${THRESHOLDS[name].burn} times too fast`,
  description: `${PERCENT} of the requests to ${SERVICE} over ${THRESHOLDS[name].longWindow} were violations, and the last ${THRESHOLDS[name].shortWindow} were no better. ${percent(BUDGETS.violations)} over 30 days is the budget.`,
});

const policyErrors = (name: 'AgentOSPolicyErrorBudgetFastBurn' | 'AgentOSPolicyErrorBudgetSlowBurn') => ({
  name,
  team: 'sre' as const,
  dashboard: 'agent-os-performance' as const,
  expr: burns('policy_errors_per_check', 'policy_checks', BUDGETS.policyErrors, THRESHOLDS[name]),
  summary: `Policy checks of ${SERVICE} fail ${THRESHOLDS[name].burn} times more often than budgeted`,
  description: `${PERCENT} of the policy checks of ${SERVICE} over ${THRESHOLDS[name].longWindow} threw, and the last ${THRESHOLDS[name].shortWindow} were no better. ${percent(BUDGETS.policyErrors)} over 30 days is the budget. A check that threw has decided nothing.`,
});

export const BUDGET_ALERTS: readonly Alert[] = [
  { severity: 'critical', ...violations('AgentOSViolationBudgetFastBurn') },
  { severity: 'warning', ...violations('AgentOSViolationBudgetSlowBurn') },
  { severity: 'critical', ...policyErrors('AgentOSPolicyErrorBudgetFastBurn') },
  { severity: 'warning', ...policyErrors('AgentOSPolicyErrorBudgetSlowBurn') },
];
