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
const violations = recorded('agent_os:all_violations:increase5m');
const checks = recorded('agent_os:policy_checks:increase5m');
const errors = recorded('agent_os:policy_errors:increase5m');

const decisions = recorded('agent_os:policy_decisions:increase5m');
/** What a person had to look at, however it ended: an escalation that another class of approver settled is none. */
const humans = recorded('agent_os:human_approvals:increase5m');

const over = <L extends string>(series: Expression<L>, window: '30m' | '1h' | '6h') =>
  sumOfSteps(series, window, '5m');
const shareOver = (bad: Expression<Who>, all: Expression<Who>, window: '30m' | '1h' | '6h') =>
  shareOf(over(bad, window), over(all, window));

export const RATIOS: readonly RecordingRule[] = [
  // Once by service: the windows below look at 72 of these.
  record('agent_os:all_violations:increase5m', sum(recorded('agent_os:violations:increase5m'), WHO)),
  record('agent_os:violations_per_request:ratio5m', shareOf(violations, requests)),
  record('agent_os:violations_per_request:ratio1h', shareOver(violations, requests, '1h')),
  record('agent_os:policy_errors_per_check:ratio5m', shareOf(errors, checks)),
  record('agent_os:policy_errors_per_check:ratio1h', shareOver(errors, checks, '1h')),
];

/** What alerts compare that wait for minutes. */
export const SLOW_RATIOS: readonly RecordingRule[] = [
  record('agent_os:violations_per_request:ratio30m', shareOver(violations, requests, '30m')),
  record('agent_os:violations_per_request:ratio6h', shareOver(violations, requests, '6h')),
  record('agent_os:policy_errors_per_check:ratio30m', shareOver(errors, checks, '30m')),
  record('agent_os:policy_errors_per_check:ratio6h', shareOver(errors, checks, '6h')),
  record('agent_os:human_escalations:ratio1h', shareOver(humans, decisions, '1h')),
];
