// What the report asks, by the builders of the dashboards: the same number of the same window is the same on both.
import { measured, SCOPE } from '../../grafana/src/queries/scope.js';
import { shareOf } from '../../grafana/src/queries/shares.js';
import { hoursIn, recordedStepsIn, stepsIn } from '../../grafana/src/queries/steps.js';
import { highest } from '../../grafana/src/queries/as-the-alert.js';
import {
  aggregate,
  binary,
  matches,
  not,
  quantileOf,
  thirdPartyGauge,
  topk,
  type Expression,
  type Window,
} from '../../prometheus/src/promql/index.js';
import { recorded, WHO } from '../../prometheus/src/recording/series.js';
import { THRESHOLDS } from '../../prometheus/src/thresholds.js';

export interface Figure {
  readonly title: string;
  readonly meaning: string;
  readonly unit: 'count' | 'share' | 'seconds';
  /** Of what should not happen at all. */
  readonly isException?: boolean;
  readonly of: (window: Window) => Expression<string>;
}

export interface Breakdown {
  readonly title: string;
  readonly meaning: string;
  /** Labels by what heads them; the count follows. */
  readonly columns: Readonly<Record<string, string>>;
  readonly of: (window: Window) => Expression<string>;
}

const MOST_ROWS = 20;
const most = <L extends string>(expression: Expression<L>): Expression<L> =>
  topk(MOST_ROWS, binary(expression, '>', 0));

const violations = (window: Window) => stepsIn('agent_os:violations:each5m', window);
const grave = (window: Window) =>
  stepsIn('agent_os:violations:each5m', window, { where: { severity: matches('high|critical') } });
const BLOCKED = 'agent_os:violations_blocked:each5m';
const ALL = 'agent_os:violations:each5m';
/** What is compared is of one time, so of what is recorded alone. */
const blockedShare = (window: Window) =>
  shareOf(recordedStepsIn(BLOCKED, window), recordedStepsIn(ALL, window));
const notBlocked = (window: Window, by: readonly (typeof WHO)[number][] = []) =>
  stepsIn('agent_os:violations_not_blocked:each5m', window, { by });

export const FIGURES: readonly Figure[] = [
  {
    title: 'Policy violations',
    meaning: 'Actions of agents that broke a policy, blocked or not.',
    unit: 'count',
    of: violations,
  },
  {
    title: 'High and critical',
    meaning: 'Violations of high or critical severity.',
    unit: 'count',
    of: grave,
  },
  {
    title: 'Blocked share',
    meaning: 'Violations that the kernel stopped, as a share of all.',
    unit: 'share',
    of: blockedShare,
  },
  {
    title: 'SIGKILLs',
    meaning: 'Agents that were killed. A kill is a decision that worked.',
    unit: 'count',
    of: (window) => stepsIn('agent_os:sigkills:each5m', window),
  },
  {
    title: 'Containment, p95',
    meaning:
      'Time from a kill until its last handler had run, of the slowest service: 95 % took less. To the bucket of the histogram.',
    unit: 'seconds',
    of: (window) => {
      const kills = hoursIn('agent_os:containment', window);
      return highest(quantileOf(THRESHOLDS.AgentOSSlowContainment.quantile, kills, WHO));
    },
  },
  {
    title: 'Violations not blocked',
    meaning: 'The policy only warned or logged, or blocking failed.',
    unit: 'count',
    isException: true,
    of: (window) => notBlocked(window),
  },
  {
    title: 'Kills that failed',
    meaning: 'Attempts that failed, were refused or stopped nothing.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:kills_failed:each5m', window),
  },
  {
    title: 'Allowed after a stop',
    meaning: 'Verdicts to allow for agents that were killed, suspended or quarantined.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:after_stop:each5m', window),
  },
  {
    title: 'Ungoverned actions',
    meaning: 'Actions that ran with no policy decision before them.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:ungoverned:each5m', window),
  },
  {
    title: 'Made-up allows',
    meaning: 'Verdicts that did not deny though nothing was evaluated: the engine or a backend failed.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:made_up_verdicts:each5m', window),
  },
  {
    title: 'Unknown verdicts',
    meaning: 'Answers of policy engines that could not be read as a verdict.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:unknown_verdicts:each5m', window),
  },
  {
    title: 'Policy checks that threw',
    meaning: 'A failed check is neither allowed nor denied.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:policy_errors:each5m', window),
  },
  {
    title: 'Approved actions changed',
    meaning: 'Another action ran than was approved.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:approved_changed:each5m', window),
  },
  {
    title: 'Audit verifications that failed',
    meaning: 'The chain of hashes of an audit log did not hold.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:audit_broken:each5m', window),
  },
  {
    title: 'Kernel crashes',
    meaning: 'While a kernel is down, nothing checks what its agents do.',
    unit: 'count',
    isException: true,
    of: (window) => stepsIn('agent_os:kernel_crashes:each5m', window),
  },
];

export const BREAKDOWNS: readonly Breakdown[] = [
  {
    title: 'Violations by severity',
    meaning: 'All violations of the period.',
    columns: { severity: 'Severity' },
    of: (window) => stepsIn('agent_os:violations:each5m', window, { by: ['severity'] }),
  },
  {
    title: 'Violations by policy',
    meaning: `The ${MOST_ROWS} policies with the most.`,
    columns: { policy: 'Policy' },
    of: (window) => most(stepsIn('agent_os:violation_policies:each5m', window, { by: ['policy'] })),
  },
];

export const CONTAINMENT: readonly Breakdown[] = [
  {
    title: 'Kill attempts by outcome',
    meaning: 'Whatever is not “stopped” left whom it was to stop as it was.',
    columns: { outcome: 'Outcome' },
    of: (window) => most(stepsIn('agent_os:kill_attempts:each5m', window, { by: ['outcome'] })),
  },
  {
    title: 'SIGKILLs by reason',
    meaning: 'Why agents were killed.',
    columns: { reason: 'Reason' },
    of: (window) => most(stepsIn('agent_os:sigkills:each5m', window, { by: ['reason'] })),
  },
  {
    title: 'Recoveries',
    meaning: 'What followed a kill.',
    columns: { status: 'Outcome' },
    of: (window) => most(stepsIn('agent_os:recoveries:each5m', window, { by: ['status'] })),
  },
];

export const EXCEPTIONS: readonly Breakdown[] = [
  {
    title: 'Violations not blocked, by service',
    meaning: 'All violations less those that were blocked.',
    columns: { service_name: 'Service', deployment_environment_name: 'Environment' },
    of: (window) => most(notBlocked(window, WHO)),
  },
  {
    title: 'Kills that failed, by outcome',
    meaning: 'Whom they were to stop may have gone on.',
    columns: { outcome: 'Outcome' },
    of: (window) => most(stepsIn('agent_os:kills_failed:each5m', window, { by: ['outcome'] })),
  },
  {
    title: 'Allowed after a stop, by state',
    meaning: 'Stopping the agent did not hold.',
    columns: { state: 'State' },
    of: (window) => most(stepsIn('agent_os:after_stop:each5m', window, { by: ['state'] })),
  },
  {
    title: 'Ungoverned actions, by action',
    meaning: 'Something went around the kernel.',
    columns: { action: 'Action' },
    of: (window) => most(stepsIn('agent_os:ungoverned:each5m', window, { by: ['action'] })),
  },
  {
    title: 'Made-up allows, by policy',
    meaning: 'The engine or a backend of it failed, and the verdict was made up.',
    columns: { policy: 'Policy', provenance: 'How it came about' },
    of: (window) =>
      most(stepsIn('agent_os:made_up_verdicts:each5m', window, { by: ['policy', 'provenance'] })),
  },
  {
    title: 'Unknown verdicts, by policy',
    meaning: 'Nobody knows whether these allowed or denied.',
    columns: { policy: 'Policy' },
    of: (window) => most(stepsIn('agent_os:unknown_verdicts:each5m', window, { by: ['policy'] })),
  },
];

/** What lost telemetry leaves uncounted, or counts with less detail. */
export const LOSSES: readonly Breakdown[] = [
  {
    title: 'Telemetry that kernels lost',
    meaning:
      'By what it was and why. “cardinality” is counted, without its labels; of the rest, the period has more than this report.',
    columns: { signal: 'Signal', reason: 'Reason' },
    of: (window) => most(stepsIn('agent_os:telemetry_dropped:each5m', window, { by: ['signal', 'reason'] })),
  },
  {
    title: 'Recordings without all of their labels',
    meaning: 'A label had more values than it may: these are counted under __overflow__.',
    columns: { metric: 'Metric', label: 'Label' },
    of: (window) =>
      most(stepsIn('agent_os:telemetry_overflowed:each5m', window, { by: ['metric', 'label'] })),
  },
];

/** Of each day, by severity. */
export const TREND = recordedStepsIn('agent_os:violations:each5m', '1d', { by: ['severity'] });

/** Kernels that report, at any time. */
export const REPORTING = aggregate('count', measured('agent_os_kernel_uptime_seconds'), [
  'service_name',
  'deployment_environment_name',
]);

/** Kernels that are not heard of any more, or are expected, and said no goodbye. */
export const MISSING = aggregate('max', recorded('agent_os:kernel_state', { ...SCOPE, state: 'lost' }), [
  'service_name',
  'deployment_environment_name',
  'agent_os_kernel_id',
]);

export const FIRING = aggregate(
  'count',
  thirdPartyGauge('ALERTS', { ...SCOPE, alertstate: 'firing', alertname: not('Watchdog') }),
  ['alertname', 'severity', 'service_name'],
);
