/** Of a demo that pushes alone. */
export const PUSHED_ALONE = 'agent_os_kernel_heartbeat_interval_seconds';

/** What recorded tool calls do not tell. */
export const NOT_IN_A_REPLAY = ['gen_ai_client_token_usage'];

/** In the demo all violations are stopped; nobody approves anything, hands out credentials, asks for trust or gives a stream. */
export const NOT_IN_THE_DEMO = [
  'agent_os_violations_unblocked_total',
  PUSHED_ALONE,
  'agent_os_approvals_total',
  'agent_os_approval_wait_seconds',
  'agent_os_component_findings_total',
  'agent_os_trust_score',
  'agent_os_trust_tier_changes_total',
  'agent_os_credential_age_seconds',
  'agent_os_streams_abandoned_total',
];
