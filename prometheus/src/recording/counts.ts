// What came in the last 5 minutes, at any time, and what alerts add up of that: raw series, which name agents, are read
// once. What looks back for days is in steps.ts and agents.ts.
import { counter, histogram, increaseOver, sum, sumOfSteps, type Expression } from '../promql/index.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, WHO } from './series.js';

const STEP = '5m';

const BY_VIOLATION = [...WHO, 'severity', 'policy'] as const;
const BY_KILL = [...WHO, 'reason'] as const;

/** The steps have these labels and no others: they are said again, so that each rule shows what it makes. */
const added = <B extends string>(steps: Expression<B>, window: '1h' | '6h', by: readonly B[]) =>
  sum(sumOfSteps(steps, window, STEP), by);

/** Histograms count what they time. */
const checks = histogram('agent_os_policy_check_duration_seconds').count;
/** The same kills as agent_os_sigkill_total has, without the agents. */
const KILLS = counter('agent_os_signals_total', { signal: 'SIGKILL' });

export const COUNTS: readonly RecordingRule[] = [
  record('agent_os:requests:increase5m', sum(increaseOver(counter('agent_os_requests_total'), STEP), WHO)),
  record(
    'agent_os:violations:increase5m',
    sum(increaseOver(counter('agent_os_violations_total'), STEP), BY_VIOLATION),
  ),
  record('agent_os:sigkills:increase5m', sum(increaseOver(KILLS, STEP), BY_KILL)),
  record('agent_os:policy_checks:increase5m', sum(increaseOver(checks, STEP), WHO)),
  record(
    'agent_os:policy_decisions:increase5m',
    sum(increaseOver(counter('agent_os_policy_decisions_total'), STEP), WHO),
  ),
  record(
    'agent_os:human_approvals:increase5m',
    sum(increaseOver(counter('agent_os_approvals_total', { approver: 'human' }), STEP), WHO),
  ),
  record(
    'agent_os:policy_errors:increase5m',
    sum(increaseOver(counter('agent_os_policy_evaluation_errors_total'), STEP), WHO),
  ),
];

export const SUMS: readonly RecordingRule[] = [
  record('agent_os:requests:increase1h', added(recorded('agent_os:requests:increase5m'), '1h', WHO)),
  record('agent_os:requests:increase6h', added(recorded('agent_os:requests:increase5m'), '6h', WHO)),
  record(
    'agent_os:policy_checks:increase1h',
    added(recorded('agent_os:policy_checks:increase5m'), '1h', WHO),
  ),
  record(
    'agent_os:policy_checks:increase6h',
    added(recorded('agent_os:policy_checks:increase5m'), '6h', WHO),
  ),
];
