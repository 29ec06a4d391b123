// How long checks and executions take: buckets are read once, ids are added away, and panels and alerts take what that makes.
import {
  binary,
  histogram,
  increaseOver,
  quantileOf,
  sum,
  type Duration,
  type Expression,
} from '../promql/index.js';
import { THRESHOLDS } from '../thresholds.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, WHO, type RecordedName } from './series.js';

const checks = THRESHOLDS.AgentOSHighPolicyLatency;
const executions = THRESHOLDS.AgentOSExecutionTimeout;

const PER_POLICY = [...WHO, 'policy'] as const;
const PER_ACTION = [...WHO, 'action'] as const;

const buckets = <N extends 'agent_os_policy_check_duration_seconds' | 'agent_os_execution_duration_seconds'>(
  name: N,
  window: Duration,
) => increaseOver(histogram(name).buckets, window);

/** Nothing where nothing was timed: PromQL's NaN would be a sample. */
const quantiles = <N extends Extract<RecordedName, `${string}:quantile`>>(
  name: N,
  shares: readonly number[],
  of: (share: number) => Expression<string>,
): RecordingRule[] =>
  [...new Set(shares)].map((share) => ({
    record: name,
    expr: binary(of(share), '>=', 0),
    labels: { quantile: String(share) },
  }));

const checked = recorded('agent_os:policy_checks:buckets');
const executed = recorded('agent_os_action:executions:buckets');

export const CHECK_TIMES: readonly RecordingRule[] = [
  record(
    'agent_os:policy_checks:buckets',
    sum(buckets('agent_os_policy_check_duration_seconds', checks.window), [...PER_POLICY, 'le']),
  ),
  // Half, and 95 %, are drawn beside.
  ...quantiles('agent_os:policy_checks:quantile', [checks.quantile, 0.99, 0.95, 0.5], (share) =>
    quantileOf(share, checked, WHO),
  ),
  ...quantiles('agent_os_policy:checks:quantile', [checks.quantile], (share) =>
    quantileOf(share, checked, PER_POLICY),
  ),
];

export const EXECUTION_TIMES: readonly RecordingRule[] = [
  record(
    'agent_os_action:executions:buckets',
    sum(buckets('agent_os_execution_duration_seconds', executions.window), [...PER_ACTION, 'le']),
  ),
  ...quantiles('agent_os_action:executions:quantile', [executions.quantile], (share) =>
    quantileOf(share, executed, PER_ACTION),
  ),
];
