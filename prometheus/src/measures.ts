// What alerts compare with their thresholds, and panels show: each is written here once, for both. An alert takes it of all
// kernels; a panel takes it of those that its page has chosen, and may take another window of it.
import {
  aggregate,
  binary,
  counter,
  gauge,
  histogram,
  increaseOver,
  matches,
  matchesNot,
  overTime,
  quantileOver,
  sum,
  thirdPartyGauge,
  type Histogram,
  type Match,
  type Window,
} from './promql/index.js';
import { recorded, WHO } from './recording/series.js';
import { THRESHOLDS } from './thresholds.js';

/** Whose series: everybody's, unless it says of whom. */
export type Scope = { readonly [L in (typeof WHO)[number]]?: Match };
/** The same, of metrics that name agents. */
type AgentScope = Scope & { readonly agent_id?: string | Match };

const PER_QUEUE = ['job', 'instance', 'exporter', 'data_type'] as const;

/** The share and the window are the alert's, unless a panel draws others beside it. */
const quantileAs =
  <L extends string, B extends L>(
    alert: { readonly quantile: number; readonly window: Window },
    timed: (of: Scope) => Histogram<L>,
    by: readonly B[],
  ) =>
  (of: Scope = {}, window: Window = alert.window, share: number = alert.quantile) =>
    quantileOver<L, B>(share, timed(of), window, by);

/** Of a share that is recorded: the alert's, or one of those that are drawn beside it. */
export const policyLatency = (share: number, of: Scope = {}) =>
  aggregate('max', recorded('agent_os:policy_checks:quantile', { ...of, quantile: String(share) }), WHO);

/** By the name of the alert; those of alerts that no panel shows stand with the alert. */
export const MEASURES = {
  AgentOSHighViolationRate: (of: Scope = {}) =>
    recorded(`agent_os:violations_per_request:ratio${THRESHOLDS.AgentOSHighViolationRate.window}`, of),
  /** Of the signals, which name no agents: the same kills as agent_os_sigkill_total has. */
  AgentOSSIGKILLSpike: (of: Scope = {}, window: Window = THRESHOLDS.AgentOSSIGKILLSpike.window) =>
    sum(increaseOver(counter('agent_os_signals_total', { ...of, signal: 'SIGKILL' }), window), WHO),
  AgentOSHighPolicyLatency: (of: Scope = {}) =>
    policyLatency(THRESHOLDS.AgentOSHighPolicyLatency.quantile, of),
  AgentOSExecutionTimeout: (of: Scope = {}) => {
    const quantile = String(THRESHOLDS.AgentOSExecutionTimeout.quantile);
    const times = recorded('agent_os_action:executions:quantile', { ...of, quantile });
    return aggregate('max', times, [...WHO, 'action']);
  },
  AgentOSHighMTTR: quantileAs(
    THRESHOLDS.AgentOSHighMTTR,
    (of) => histogram('agent_os_mttr_seconds', of),
    WHO,
  ),
  AgentOSSlowContainment: quantileAs(
    THRESHOLDS.AgentOSSlowContainment,
    (of) => histogram('agent_os_containment_seconds', of),
    WHO,
  ),
  /** One that hangs is an alert of its own. */
  AgentOSKillFailed: (of: AgentScope = {}, window: Window = THRESHOLDS.AgentOSKillFailed.window) => {
    const where = { ...of, outcome: matchesNot('stopped|timed_out') };
    return sum(increaseOver(counter('agent_os_kill_attempts_total', where), window), [
      ...WHO,
      'agent_id',
      'outcome',
    ]);
  },
  AgentOSKillHung: (of: Scope = {}) => aggregate('max', gauge('agent_os_kill_oldest_age_seconds', of), WHO),
  AgentOSUnblockedViolation: (
    of: AgentScope = {},
    window: Window = THRESHOLDS.AgentOSUnblockedViolation.window,
  ) => {
    const unblocked = counter('agent_os_violations_unblocked_total', of);
    return sum(increaseOver(unblocked, window), [...WHO, 'agent_id', 'policy', 'severity']);
  },
  AgentOSUngovernedActions: (
    of: AgentScope = {},
    window: Window = THRESHOLDS.AgentOSUngovernedActions.window,
  ) =>
    sum(increaseOver(counter('agent_os_ungoverned_actions_total', of), window), [
      ...WHO,
      'agent_id',
      'action',
    ]),
  AgentOSAllowedAfterStop: (
    of: AgentScope = {},
    window: Window = THRESHOLDS.AgentOSAllowedAfterStop.window,
  ) =>
    sum(increaseOver(counter('agent_os_allowed_after_stop_total', of), window), [
      ...WHO,
      'agent_id',
      'state',
    ]),
  /** Where an answer allows and says at once that the engine failed, nobody knows what the host has done. */
  AgentOSFailOpen: (of: Scope = {}, window: Window = THRESHOLDS.AgentOSFailOpen.window) => {
    const where = { ...of, provenance: matches('backend_error|timeout'), enforced: matchesNot('denied') };
    const madeUp = counter('agent_os_policy_unevaluated_total', where);
    return sum(increaseOver(madeUp, window), [...WHO, 'policy', 'provenance']);
  },
  AgentOSApprovedActionChanged: (
    of: Scope = {},
    window: Window = THRESHOLDS.AgentOSApprovedActionChanged.window,
  ) => sum(increaseOver(counter('agent_os_approved_action_changed_total', of), window), [...WHO, 'policy']),
  AgentHighErrorRate: (of: Scope = {}) => {
    const errors = recorded('agent_os:agent_errors:count', of);
    const executions = recorded('agent_os:agent_executions:count', of);
    // Where nobody times executions, errors are all that is known.
    return binary(errors, '/', binary(binary(executions, '>', 0), 'or', errors));
  },
  CMVKLowConsensus: (of: Scope = {}) => aggregate('avg', gauge('agent_os_cmvk_consensus_ratio', of), WHO),
  CMVKHighDrift: quantileAs(
    THRESHOLDS.CMVKHighDrift,
    (of) => histogram('agent_os_cmvk_drift_score', of),
    WHO,
  ),
  CMVKHighDisagreementRate: (of: Scope = {}, window: Window = THRESHOLDS.CMVKHighDisagreementRate.window) =>
    sum(increaseOver(counter('agent_os_cmvk_model_disagreements_total', of), window), WHO),
  /** A process that has ended is no longer heard of, instead of for 5 minutes. */
  AMBBrokerDisconnected: (of: Scope = {}, window: Window = THRESHOLDS.AMBBrokerDisconnected.heardWithin) =>
    aggregate('min', overTime('last', gauge('amb_broker_connected', of), window), [...WHO, 'broker']),
  AMBQueueBacklog: (of: Scope = {}) => sum(gauge('amb_queue_depth', of), [...WHO, 'topic']),
  AMBWALGrowth: (of: Scope = {}) => sum(gauge('amb_wal_messages_pending', of), WHO),
  /** What overflows or has a label replaced is counted all the same. */
  AgentOSTelemetryDropped: (of: Scope = {}, window: Window = THRESHOLDS.AgentOSTelemetryDropped.window) => {
    const where = { ...of, reason: matchesNot('cardinality|invalid_label') };
    const lost = counter('agent_os_telemetry_dropped_total', where);
    return sum(increaseOver(lost, window), [...WHO, 'signal', 'reason']);
  },
  AgentOSSeriesNearLimit: (of: Scope = {}) => {
    const by = [...WHO, 'metric'] as const;
    const held = aggregate('max', gauge('agent_os_telemetry_series', of), by);
    return binary(held, '/', aggregate('min', gauge('agent_os_telemetry_series_limit', of), by));
  },
  AgentOSEndpointRefusing: (of: Scope = {}, window: Window = THRESHOLDS.AgentOSEndpointRefusing.window) =>
    sum(increaseOver(counter('agent_os_telemetry_endpoint_refused_total', of), window), [...WHO, 'reason']),
  /** The Collector knows no service. */
  OtelCollectorQueueFilling: () =>
    binary(
      aggregate('max', thirdPartyGauge('otelcol_exporter_queue_size'), PER_QUEUE),
      '/',
      aggregate('max', thirdPartyGauge('otelcol_exporter_queue_capacity'), PER_QUEUE),
    ),
} as const;
