// What each five minutes brought, recorded every five minutes: side by side, without gap or overlap. A month is 8 640
// samples of it, and 172 800 of each raw series; so whatever looks back for more than a day adds these up. Where they are
// many, as buckets, they are added up each hour, and whatever looks back for more than two days takes those.
import { AUDIT_LOG, VERIFY } from '../../../src/semconv/components.js';
import type { MetricNameOfKind } from '../../../src/semconv/index.js';
import {
  binary,
  boundOf,
  Counter,
  increaseOver,
  matches,
  matchesNot,
  not,
  overTime,
  sum,
  type Expression,
  type Match,
} from '../promql/index.js';
import { selectorText } from '../promql/labels.js';
import { THRESHOLDS } from '../thresholds.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, RECORDED_SERIES, WHO, type RecordedName } from './series.js';

export const STEP = '5m';
export const HOUR = '1h';
/** Steps of these five minutes are recorded when the hour is added up, however long that took. */
const RECORDED_BY_THEN = '1m';
/** Of these, out of what others of them have recorded. */
type Derived =
  | 'agent_os:violations:each5m'
  | 'agent_os:violation_policies:each5m'
  | 'agent_os:violations_not_blocked:each5m'
  | 'agent_os:cmvk_drifted:each5m';
export type StepName = Extract<RecordedName, `${string}:each5m`>;
type CountedStep = Exclude<StepName, Derived>;

type Where = Readonly<Record<string, string | Match>>;
export type StepSource = (where?: Where) => Counter<string>;

const counts =
  (name: MetricNameOfKind<'counter'>, only: Where = {}): StepSource =>
  (where) =>
    new Counter(`${name}${selectorText({ ...where, ...only })}`);

const part =
  (name: MetricNameOfKind<'histogram'>, suffix: 'bucket' | 'sum' | 'count'): StepSource =>
  (where = {}) =>
    new Counter(`${name}_${suffix}${selectorText(where)}`);

/** What the steps are of; the labels that they keep stand with their names. */
export const STEP_SOURCES: Readonly<Record<CountedStep, StepSource>> = {
  'agent_os:violation_kinds:each5m': counts('agent_os_violations_total'),
  'agent_os:violations_blocked:each5m': counts('agent_os_violations_blocked_total'),
  // The same kills as agent_os_sigkill_total has, without the agents.
  'agent_os:sigkills:each5m': counts('agent_os_signals_total', { signal: 'SIGKILL' }),
  'agent_os:policy_decisions:each5m': counts('agent_os_policy_decisions_total'),
  'agent_os:made_up_verdicts:each5m': counts('agent_os_policy_unevaluated_total', {
    provenance: matches('backend_error|timeout'),
    enforced: matchesNot('denied'),
  }),
  'agent_os:unblocked:each5m': counts('agent_os_violations_unblocked_total'),
  'agent_os:ungoverned:each5m': counts('agent_os_ungoverned_actions_total'),
  'agent_os:after_stop:each5m': counts('agent_os_allowed_after_stop_total'),
  'agent_os:kills_failed:each5m': counts('agent_os_kill_attempts_total', {
    outcome: matchesNot('stopped|timed_out'),
  }),
  'agent_os:kill_attempts:each5m': counts('agent_os_kill_attempts_total'),
  'agent_os:recoveries:each5m': counts('agent_os_recovery_total'),
  'agent_os:unknown_verdicts:each5m': counts('agent_os_policy_decisions_total', { decision: 'unknown' }),
  'agent_os:policy_errors:each5m': counts('agent_os_policy_evaluation_errors_total'),
  'agent_os:audit_broken:each5m': counts('agent_os_component_operations_total', {
    component: AUDIT_LOG,
    operation: VERIFY,
    result: not('ok'),
  }),
  'agent_os:kernel_crashes:each5m': counts('agent_os_kernel_crashes_total'),
  'agent_os:telemetry_dropped:each5m': counts('agent_os_telemetry_dropped_total'),
  'agent_os:telemetry_overflowed:each5m': counts('agent_os_telemetry_overflowed_total'),
  'agent_os:containment:each5m': part('agent_os_containment_seconds', 'bucket'),
  'agent_os:mttr:each5m': part('agent_os_mttr_seconds', 'bucket'),
  'agent_os:approvals_requested:each5m': counts('agent_os_approvals_requested_total'),
  'agent_os:approvals:each5m': counts('agent_os_approvals_total'),
  'agent_os:approval_wait:each5m': part('agent_os_approval_wait_seconds', 'bucket'),
  'agent_os:approved_changed:each5m': counts('agent_os_approved_action_changed_total'),
  'agent_os:findings:each5m': counts('agent_os_component_findings_total'),
  'agent_os:cmvk_drift:each5m': part('agent_os_cmvk_drift_score', 'bucket'),
  'agent_os:cmvk_seconds:each5m': part('agent_os_cmvk_verification_duration_seconds', 'sum'),
  'agent_os:cmvk_verifications:each5m': part('agent_os_cmvk_verification_duration_seconds', 'count'),
  'agent_os:cmvk_claims:each5m': counts('agent_os_cmvk_claims_by_confidence_total'),
  'agent_os:agent_errors:each5m': counts('agent_os_agent_errors_total'),
  'agent_os:llm_calls:each5m': counts('agent_os_agent_llm_calls_total'),
  'agent_os:llm_tokens:each5m': part('gen_ai_client_token_usage', 'sum'),
  'agent_os:amb_published:each5m': counts('amb_messages_published_total'),
};

/** Agents are many, and most of them do nothing of the kind: theirs is recorded only where there is something. */
const kept = (name: StepName, steps: Expression<string>): Expression<string> =>
  RECORDED_SERIES[name]!.includes('agent_id') ? binary(steps, '>', 0) : steps;

const kinds = recorded('agent_os:violation_kinds:each5m');
const all = sum(kinds, WHO);
const ORIGIN = [...WHO, 'service_version'] as const;
const driftedTo = (le: string) => sum(recorded('agent_os:cmvk_drift:each5m', { le }), ORIGIN);
const low = boundOf('agent_os_cmvk_drift_score', THRESHOLDS.CMVKHighDrift.score);

export const STEPS: readonly RecordingRule[] = [
  ...Object.entries(STEP_SOURCES).map(([text, source]) => {
    const name = text as CountedStep;
    const steps = sum<string, string>(increaseOver(source(), STEP), RECORDED_SERIES[name]);
    return { record: name, expr: kept(name, steps) };
  }),
  record('agent_os:violations:each5m', sum(kinds, [...WHO, 'severity'])),
  record('agent_os:violation_policies:each5m', sum(kinds, [...WHO, 'policy'])),
  record(
    'agent_os:violations_not_blocked:each5m',
    binary(binary(all, '-', recorded('agent_os:violations_blocked:each5m')), 'or', all),
  ),
  record('agent_os:cmvk_drifted:each5m', binary(driftedTo('+Inf'), '-', driftedTo(low))),
];

/** What is recorded by the hour too, as `agent_os:mttr`. */
export type Hourly =
  Extract<RecordedName, `agent_os:${string}:each1h`> extends `${infer Name}:each1h` ? Name : never;
const HOURLY: readonly Hourly[] = [
  'agent_os:violation_kinds',
  'agent_os:containment',
  'agent_os:mttr',
  'agent_os:approval_wait',
  'agent_os:cmvk_drift',
  'agent_os:cmvk_drifted',
];

export const HOURS: readonly RecordingRule[] = HOURLY.map((name) => {
  const steps = overTime('sum', recorded(`${name}:each5m`), HOUR, RECORDED_BY_THEN);
  return { record: `${name}:each1h`, expr: sum<string, string>(steps, RECORDED_SERIES[`${name}:each1h`]) };
});
