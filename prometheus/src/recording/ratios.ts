// Bad events among all, over the windows that alerts of budgets compare.
import { binary, sum, sumOfSteps, type Expression } from '../promql/index.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, WHO } from './series.js';

type Who = (typeof WHO)[number];

/** Where nobody counted the whole, the bad is all that is known: a share of 1 alerts, none at all would not. */
function shareOf(bad: Expression<Who>, all: Expression<Who>): Expression<Who> {
  return binary(bad, '/', binary(binary(all, '>', 0), 'or', bad));
}

const requests = recorded('agent_os:requests:increase5m');
const violations = recorded('agent_os:violations:increase5m');
const checks = recorded('agent_os:policy_checks:increase5m');
const errors = recorded('agent_os:policy_errors:increase5m');

const decisions = recorded('agent_os:policy_decisions:increase5m');
/** What a person had to look at, however it ended: an escalation that another class of approver settled is none. */
const humans = recorded('agent_os:human_approvals:increase5m');

const over = <L extends string>(series: Expression<L>, window: '30m' | '1h' | '6h') =>
  sumOfSteps(series, window, '5m');

export const RATIOS: readonly RecordingRule[] = [
  record('agent_os:violations_per_request:ratio5m', shareOf(sum(violations, WHO), requests)),
  record(
    'agent_os:violations_per_request:ratio30m',
    shareOf(sum(over(violations, '30m'), WHO), over(requests, '30m')),
  ),
  record(
    'agent_os:violations_per_request:ratio1h',
    shareOf(sum(over(violations, '1h'), WHO), over(requests, '1h')),
  ),
  record(
    'agent_os:violations_per_request:ratio6h',
    shareOf(sum(over(violations, '6h'), WHO), over(requests, '6h')),
  ),
  record('agent_os:policy_errors_per_check:ratio5m', shareOf(errors, checks)),
  record('agent_os:policy_errors_per_check:ratio30m', shareOf(over(errors, '30m'), over(checks, '30m'))),
  record('agent_os:policy_errors_per_check:ratio1h', shareOf(over(errors, '1h'), over(checks, '1h'))),
  record('agent_os:policy_errors_per_check:ratio6h', shareOf(over(errors, '6h'), over(checks, '6h'))),
  record('agent_os:human_escalations:ratio5m', shareOf(humans, decisions)),
  record('agent_os:human_escalations:ratio1h', shareOf(over(humans, '1h'), over(decisions, '1h'))),
  record('agent_os:human_escalations:ratio6h', shareOf(over(humans, '6h'), over(decisions, '6h'))),
];
