import { Expression, type Match } from '../promql/index.js';
import { selectorText } from '../promql/labels.js';

/** Which kernels: what alerts are grouped and inhibited by. */
export const WHO = ['service_name', 'deployment_environment_name'] as const;
/** Which kernel of them: the same after a restart. */
export const KERNEL = [...WHO, 'agent_os_kernel_id'] as const;
const PROCESS = [...KERNEL, 'service_instance_id'] as const;

/** What is recorded, with its labels. Named level:metric:operation, where the level is what is left of the labels. */
const RECORDED = {
  'agent_os:requests:increase5m': WHO,
  'agent_os:requests:increase1h': WHO,
  'agent_os:requests:increase6h': WHO,
  'agent_os:violations:increase5m': [...WHO, 'severity', 'policy'],
  'agent_os:all_violations:increase5m': WHO,
  'agent_os:sigkills:increase5m': [...WHO, 'reason'],
  'agent_os:policy_checks:increase5m': WHO,
  'agent_os:policy_checks:increase1h': WHO,
  'agent_os:policy_checks:increase6h': WHO,
  'agent_os:policy_errors:increase5m': WHO,
  'agent_os:violations_per_request:ratio5m': WHO,
  'agent_os:violations_per_request:ratio30m': WHO,
  'agent_os:violations_per_request:ratio1h': WHO,
  'agent_os:violations_per_request:ratio6h': WHO,
  'agent_os:policy_errors_per_check:ratio5m': WHO,
  'agent_os:policy_errors_per_check:ratio30m': WHO,
  'agent_os:policy_errors_per_check:ratio1h': WHO,
  'agent_os:policy_errors_per_check:ratio6h': WHO,
  'agent_os:policy_decisions:increase5m': WHO,
  'agent_os:human_approvals:increase5m': WHO,
  'agent_os:human_escalations:ratio1h': WHO,
  'agent_os:policy_checks:buckets': [...WHO, 'policy', 'le'],
  'agent_os:policy_checks:quantile': [...WHO, 'quantile'],
  'agent_os_policy:checks:quantile': [...WHO, 'policy', 'quantile'],
  'agent_os_action:executions:buckets': [...WHO, 'action', 'le'],
  'agent_os_action:executions:quantile': [...WHO, 'action', 'quantile'],
  'agent_os_policy:failed:count': [...WHO, 'policy'],
  'agent_os_policy:checked:count': [...WHO, 'policy'],
  'agent_os_policy:failed_lately:count': [...WHO, 'policy'],
  'agent_os:agent_errors:count': WHO,
  'agent_os:agent_executions:count': WHO,
  'agent_os_model:failed:count': [...WHO, 'model'],
  'agent_os_model:succeeded:count': [...WHO, 'model'],
  'agent_os_model:failed_lately:count': [...WHO, 'model'],
  'agent_os_topic:failed:count': [...WHO, 'topic'],
  'agent_os_topic:succeeded:count': [...WHO, 'topic'],
  'agent_os_topic:failed_lately:count': [...WHO, 'topic'],
  'agent_os_kernel:renewed:timestamp': KERNEL,
  'agent_os_process:heard:timestamp': PROCESS,
  'agent_os_process:present:timestamp': PROCESS,
  'agent_os:listening:timestamp': [],
  'agent_os_process:silent:seconds': PROCESS,
  'agent_os_process:allowed:seconds': PROCESS,
  'agent_os_process:overdue:seconds': PROCESS,
  'agent_os_process:lost:timestamp': PROCESS,
  'agent_os_process:live:timestamp': PROCESS,
  'agent_os_kernel:live:count': KERNEL,
  'agent_os:kernels_live:count': WHO,
  'agent_os_kernel:start:timestamp': KERNEL,
  'agent_os_kernel:starts:count': KERNEL,
  'agent_os_kernel:goodbyes:count': KERNEL,
  'agent_os_kernel:vanished:count': KERNEL,
  'agent_os_kernel:activity:total': KERNEL,
  'agent_os:kernels_missing:count': KERNEL,
  'agent_os:kernel_state': [...KERNEL, 'state'],
  'agent_os:violations:each5m': [...WHO, 'severity'],
  'agent_os:violation_kinds:each5m': [...WHO, 'severity', 'policy', 'action'],
  'agent_os:violation_policies:each5m': [...WHO, 'policy'],
  'agent_os:violations_blocked:each5m': WHO,
  'agent_os:violations_not_blocked:each5m': WHO,
  'agent_os:sigkills:each5m': [...WHO, 'reason'],
  'agent_os:policy_decisions:each5m': [...WHO, 'decision', 'enforced'],
  'agent_os:made_up_verdicts:each5m': [...WHO, 'policy', 'provenance'],
  'agent_os:unblocked:each5m': [...WHO, 'agent_id', 'policy', 'severity'],
  'agent_os:ungoverned:each5m': [...WHO, 'agent_id', 'action'],
  'agent_os:after_stop:each5m': [...WHO, 'agent_id', 'state'],
  'agent_os:kills_failed:each5m': [...WHO, 'agent_id', 'outcome'],
  'agent_os:kill_attempts:each5m': [...WHO, 'outcome'],
  'agent_os:recoveries:each5m': [...WHO, 'status'],
  'agent_os:unknown_verdicts:each5m': [...WHO, 'policy'],
  'agent_os:policy_errors:each5m': WHO,
  'agent_os:audit_broken:each5m': WHO,
  'agent_os:kernel_crashes:each5m': WHO,
  'agent_os:telemetry_dropped:each5m': [...WHO, 'signal', 'reason'],
  'agent_os:telemetry_overflowed:each5m': [...WHO, 'metric', 'label'],
  'agent_os:containment:each5m': [...WHO, 'le'],
  'agent_os:mttr:each5m': [...WHO, 'le'],
  'agent_os:approvals_requested:each5m': WHO,
  'agent_os:approvals:each5m': [...WHO, 'outcome', 'approver'],
  'agent_os:approval_wait:each5m': [...WHO, 'le'],
  'agent_os:approved_changed:each5m': WHO,
  'agent_os:findings:each5m': [...WHO, 'component', 'finding'],
  'agent_os:cmvk_drift:each5m': [...WHO, 'service_version', 'le'],
  'agent_os:cmvk_drifted:each5m': [...WHO, 'service_version'],
  'agent_os:cmvk_seconds:each5m': WHO,
  'agent_os:cmvk_verifications:each5m': WHO,
  'agent_os:cmvk_claims:each5m': [...WHO, 'confidence'],
  'agent_os:agent_errors:each5m': [...WHO, 'error_type'],
  'agent_os:llm_calls:each5m': [...WHO, 'model'],
  'agent_os:llm_tokens:each5m': [...WHO, 'gen_ai_request_model', 'gen_ai_token_type'],
  'agent_os:amb_published:each5m': [...WHO, 'priority'],
  'agent_os:violation_kinds:each1h': [...WHO, 'severity', 'policy', 'action'],
  'agent_os:containment:each1h': [...WHO, 'le'],
  'agent_os:mttr:each1h': [...WHO, 'le'],
  'agent_os:approval_wait:each1h': [...WHO, 'le'],
  'agent_os:cmvk_drift:each1h': [...WHO, 'service_version', 'le'],
  'agent_os:cmvk_drifted:each1h': [...WHO, 'service_version'],
  'agent_os_agent:violations:each1h': [...WHO, 'agent_id'],
  'agent_os_agent:sigkills:each1h': [...WHO, 'agent_id'],
  'agent_os_agent:violations:ranked': [...WHO, 'agent_id'],
  'agent_os_agent:sigkills:ranked': [...WHO, 'agent_id'],
  'agent_os_agent:violations:increase30d': [...WHO, 'agent_id'],
  'agent_os_agent:sigkills:increase30d': [...WHO, 'agent_id'],
} as const satisfies Record<string, readonly string[]>;

export type RecordedName = keyof typeof RECORDED;
export type RecordedLabel<N extends RecordedName> = (typeof RECORDED)[N][number];

/** What a host records by rules of its own: prometheus/README.md says how. */
export const GIVEN_SERIES: Readonly<Record<string, readonly string[]>> = {
  'agent_os:kernel_expected': KERNEL,
};

/** Names that an expression may have, and the registry has not. */
export const RECORDED_SERIES: Readonly<Record<string, readonly string[]>> = { ...RECORDED, ...GIVEN_SERIES };

/** A recorded series, as a vector; it is a gauge, though counted from counters. */
export const recorded = <N extends RecordedName>(
  name: N,
  where: { readonly [L in RecordedLabel<N>]?: string | Match } = {},
): Expression<RecordedLabel<N>> => new Expression(`${name}${selectorText(where)}`);
