import {
  attributes,
  definitionOf,
  EVENT_AUDIT,
  EVENT_VIOLATION,
  METRICS,
  OVERFLOW,
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
  SCOPE_NAME,
  SPANS,
  UNKNOWN,
  type LabelBound,
  type MetricKind,
  type MetricName,
} from '../../src/semconv/index.js';
import * as semconv from '../../src/semconv/index.js';

// The telemetry contract, written out by hand: what operators know by name. It changes with a major version, never to
// make this test pass.

/** `id`: one value per agent, capped with an overflow series; `*`: named by the host or a cause; else a closed set. */
type Label = 'id' | '*' | readonly string[];
type Entry = readonly [kind: MetricKind, labels: Record<string, Label>, buckets?: readonly number[]];

const STATUS = ['success', 'error', 'denied', 'unknown'];
const PRIORITY = ['background', 'low', 'normal', 'high', 'urgent', 'critical'];
const DEAD = ['handler_error', 'validation_error', 'expired', 'max_retries', 'rejected', 'unknown'];
const SIGNAL = [
  ...['SIGSTOP', 'SIGCONT', 'SIGINT', 'SIGKILL', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'],
  ...['SIGPOLICY', 'SIGTRUST', 'SIGBUDGET', 'SIGLOOP', 'SIGDRIFT'],
];
const KILL = ['stopped', 'nothing_stopped', 'failed', 'refused', 'timed_out'];
const BUS = [0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Why telemetry was lost: what the SDK can meet. */
const LOSS = [
  ...['cardinality', 'invalid_label', 'invalid_value', 'callback_failed', 'name_conflict'],
  ...['unwritable', 'instrument_limit', 'workers', 'queue_full', 'export_failed', 'shutdown_timeout'],
];

const CONTRACT: Record<string, Entry> = {
  // Kernel
  agent_os_requests_total: ['counter', { action: '*', status: STATUS }],
  agent_os_violations_total: [
    'counter',
    { agent_id: 'id', action: '*', policy: '*', severity: ['low', 'medium', 'high', 'critical'] },
  ],
  agent_os_violations_blocked_total: ['counter', { agent_id: 'id', action: '*' }],
  agent_os_violations_unblocked_total: [
    'counter',
    { agent_id: 'id', action: '*', policy: '*', severity: ['low', 'medium', 'high', 'critical'] },
  ],
  agent_os_violation_rate: ['observableGauge', { window: ['5m'] }],
  agent_os_policy_check_duration_seconds: [
    'histogram',
    { policy: '*', result: ['allowed', 'denied', 'error', 'unknown'] },
    [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1],
  ],
  agent_os_execution_duration_seconds: [
    'histogram',
    { action: '*', status: STATUS },
    [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  ],
  agent_os_kernel_latency_seconds: [
    'histogram',
    {},
    [0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1],
  ],
  agent_os_signals_total: ['counter', { signal: SIGNAL, reason: '*' }],
  agent_os_sigkill_total: ['counter', { agent_id: 'id', reason: '*' }],
  agent_os_mttr_seconds: ['histogram', {}, [1, 5, 10, 30, 60, 120, 300]],
  agent_os_recovery_total: ['counter', { status: ['success', 'failed'] }],
  agent_os_kernel_uptime_seconds: ['observableGauge', {}],
  agent_os_kernel_start_timestamp_seconds: ['observableGauge', {}],
  agent_os_kernel_heartbeat_timestamp_seconds: ['observableGauge', {}],
  agent_os_kernel_heartbeat_interval_seconds: ['observableGauge', {}],
  agent_os_kernel_stopping: ['observableGauge', {}],
  agent_os_active_agents: ['upDownCounter', {}],
  agent_os_agent_crashes_total: ['counter', { agent_id: 'id', reason: '*' }],
  agent_os_kernel_crashes_total: ['counter', {}],
  agent_os_kernel_info: ['observableGauge', { version: '*', policy_mode: '*' }],
  agent_os_policy_evaluation_errors_total: ['counter', { policy: '*', error_type: '*' }],
  agent_os_ungoverned_actions_total: ['counter', { agent_id: 'id', action: '*' }],
  agent_os_allowed_after_stop_total: [
    'counter',
    {
      agent_id: 'id',
      action: '*',
      state: ['killed', 'suspended', 'quarantined', 'decommissioned', 'revoked'],
    },
  ],

  // Cross-model verification
  agent_os_cmvk_verifications_total: ['counter', { result: ['verified', 'flagged', 'rejected'] }],
  agent_os_cmvk_consensus_ratio: ['observableGauge', {}],
  agent_os_cmvk_model_disagreements_total: ['counter', { model_pair: '*' }],
  agent_os_cmvk_drift_score: ['histogram', {}, [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1]],
  agent_os_cmvk_verification_duration_seconds: [
    'histogram',
    { model_count: '*' },
    [0.5, 1, 2, 3, 5, 10, 15, 30],
  ],
  agent_os_cmvk_model_latency_seconds: ['histogram', { model: '*' }, [0.5, 1, 2, 3, 5, 10, 30]],
  agent_os_cmvk_claims_by_confidence_total: ['counter', { confidence: ['high', 'medium', 'low'] }],
  agent_os_cmvk_verifier_errors_total: ['counter', { model: '*', error_type: '*' }],

  // Agents
  agent_os_agent_llm_calls_total: ['counter', { agent_id: 'id', model: '*' }],
  agent_os_agent_errors_total: ['counter', { agent_id: 'id', error_type: '*' }],
  agent_os_agent_execution_duration_seconds: ['histogram', { status: STATUS }, [0.1, 0.5, 1, 5, 10, 30, 60]],

  // Calls of models: the one name of a convention
  gen_ai_client_token_usage: [
    'histogram',
    {
      gen_ai_token_type: ['input', 'output'],
      gen_ai_operation_name: '*',
      gen_ai_provider_name: '*',
      gen_ai_request_model: '*',
      gen_ai_response_model: '*',
    },
    [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  ],

  // Agent message bus
  amb_messages_published_total: ['counter', { topic: '*', priority: PRIORITY }],
  amb_messages_delivered_total: ['counter', { topic: '*', priority: PRIORITY }],
  amb_delivery_failures_total: ['counter', { topic: '*', reason: DEAD }],
  amb_queue_depth: ['observableGauge', { topic: '*' }],
  amb_backpressure_activated_total: ['counter', { topic: '*' }],
  amb_publish_duration_seconds: ['histogram', { topic: '*' }, BUS],
  amb_delivery_duration_seconds: ['histogram', { topic: '*' }, BUS],
  amb_dlq_messages_total: ['counter', { topic: '*', reason: DEAD }],
  amb_broker_connected: ['observableGauge', { broker: '*' }],
  amb_persistence_enabled: ['observableGauge', {}],
  amb_wal_messages_pending: ['observableGauge', {}],

  // Of the SDK itself
  agent_os_telemetry_dropped_total: ['counter', { signal: ['metrics', 'traces', 'logs'], reason: LOSS }],
  agent_os_telemetry_series: ['observableGauge', { metric: '*' }],
};

/** Beyond the contract's table; each has its reason. */
const ADDED: Record<string, Entry> = {
  // What a policy said and what the kernel did differ in monitor mode.
  agent_os_policy_decisions_total: [
    'counter',
    {
      policy: '*',
      decision: ['allow', 'deny', 'review', 'warn', 'require_approval', 'log', 'unknown'],
      enforced: ['allowed', 'denied', 'unknown'],
    },
  ],
  // An allow that was made up after a failure is no ordinary one.
  agent_os_policy_unevaluated_total: [
    'counter',
    {
      policy: '*',
      enforced: ['allowed', 'denied', 'unknown'],
      provenance: ['default', 'rate_limited', 'cached', 'backend_error', 'timeout'],
    },
  ],
  // Approvals: who settles what a policy does not, how long that takes, and whether it held for what ran.
  agent_os_approvals_requested_total: ['counter', { policy: '*' }],
  agent_os_approvals_total: [
    'counter',
    {
      outcome: ['approved', 'denied', 'expired', 'escalated'],
      approver: ['human', 'model', 'policy', 'service'],
    },
  ],
  agent_os_approval_wait_seconds: [
    'histogram',
    { outcome: ['approved', 'denied', 'expired', 'escalated'] },
    [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 14_400, 43_200, 86_400],
  ],
  agent_os_approvals_waiting: ['upDownCounter', {}],
  agent_os_approved_action_changed_total: ['counter', { policy: '*' }],
  // Containment time is a question of the CISO's dashboard; MTTR begins where containment ends.
  agent_os_containment_seconds: ['histogram', {}, [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]],
  // A kill that failed, was refused, stopped nothing or hangs cannot be told from one that worked by the signals sent.
  agent_os_kill_attempts_total: ['counter', { agent_id: 'id', outcome: KILL }],
  agent_os_kills_in_progress: ['observableGauge', {}],
  agent_os_kill_oldest_age_seconds: ['observableGauge', {}],
  // The parts of the governance SDK that are no policy engine: two counters for all of them, trust, and credentials.
  agent_os_component_operations_total: [
    'counter',
    {
      component: '*',
      operation: '*',
      result: ['ok', 'allowed', 'denied', 'detected', 'failed', 'error', 'unknown'],
    },
  ],
  agent_os_component_findings_total: ['counter', { component: '*', finding: '*' }],
  agent_os_trust_score: ['observableGauge', { agent_id: 'id' }],
  agent_os_trust_tier_changes_total: ['counter', { from: '*', to: '*' }],
  agent_os_credential_age_seconds: ['observableGauge', { credential: '*' }],
  // A stream that nobody reads is neither a success nor an error: its execution is unknown, and this says why.
  agent_os_streams_abandoned_total: ['counter', { action: '*' }],
  // "and its limit; scrape duration": the contract names these without spelling them.
  agent_os_telemetry_series_limit: ['observableGauge', { metric: '*' }],
  // Which metric and label overflowed, and how often: the contract asks for both, and the warning alone is said once.
  agent_os_telemetry_overflowed_total: ['counter', { label: '*', metric: '*' }],
  agent_os_telemetry_endpoint_refused_total: [
    'counter',
    { reason: ['unauthenticated', 'host', 'malformed', 'timeout', 'tls', 'sockets'] },
  ],
  agent_os_telemetry_endpoint_evicted_total: ['counter', { state: ['idle', 'slow'] }],
  agent_os_telemetry_scrape_duration_seconds: [
    'histogram',
    {},
    [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ],
};

const EXPECTED = { ...CONTRACT, ...ADDED };
const names = Object.keys(METRICS) as MetricName[];

function labelOf(bound: LabelBound): Label {
  if (bound.bound === 'closed') return [...bound.values].sort();
  return bound.bound === 'id' ? 'id' : '*';
}
const sorted = (labels: Record<string, Label>) =>
  Object.fromEntries(
    Object.entries(labels).map(([name, label]) => [
      name,
      typeof label === 'string' ? label : [...label].sort(),
    ]),
  );

describe('the registry is the contract', () => {
  test('has exactly its metrics', () => {
    expect(names.filter((name) => !(name in EXPECTED))).toEqual([]);
    expect(Object.keys(EXPECTED).filter((name) => !(name in METRICS))).toEqual([]);
  });

  test.each(names)('%s has its kind, labels and buckets', (name) => {
    const { kind, labels, buckets } = definitionOf(name);
    const declared = Object.entries(labels).map(([label, bound]) => [label, labelOf(bound)]);
    const [expectedKind, expectedLabels, expectedBuckets] = EXPECTED[name]!;
    expect({ kind, labels: Object.fromEntries(declared), buckets }).toEqual({
      kind: expectedKind,
      labels: sorted(expectedLabels),
      buckets: expectedBuckets,
    });
  });

  test('has no unit that would change an exposed name', () => {
    const unitOf = (kind: MetricKind) =>
      new Set(
        names
          .map(definitionOf)
          .filter((m) => m.kind === kind)
          .map((m) => m.unit),
      );
    for (const unit of unitOf('counter')) expect(unit).toMatch(/^\{[a-z]+\}$/);
    expect(unitOf('histogram')).toEqual(new Set(['s', '', '{token}']));
    const gaugesOfOne = names.filter((name) => definitionOf(name).unit === '1');
    expect(gaugesOfOne).toEqual(['agent_os_cmvk_consensus_ratio']);
  });

  test('exports rare counters at 0 from the start, whose first event must alert', () => {
    const initialSeries = (name: MetricName) => definitionOf(name).initialSeries;
    expect(initialSeries('agent_os_kernel_crashes_total')).toEqual([{}]);
    expect(initialSeries('agent_os_approved_action_changed_total')).toEqual([{ policy: UNKNOWN }]);
    expect(initialSeries('agent_os_sigkill_total')).toEqual([{ reason: UNKNOWN, agent_id: UNKNOWN }]);
    expect(initialSeries('agent_os_kill_attempts_total')).toEqual(
      KILL.map((outcome) => ({ outcome, agent_id: UNKNOWN })),
    );
    expect(initialSeries('agent_os_signals_total')).toEqual([{ signal: 'SIGKILL', reason: UNKNOWN }]);
    expect(initialSeries('agent_os_agent_crashes_total')).toEqual([{ reason: UNKNOWN, agent_id: UNKNOWN }]);
    expect(initialSeries('agent_os_policy_unevaluated_total')).toEqual([
      { provenance: 'backend_error', enforced: 'allowed', policy: UNKNOWN },
      { provenance: 'timeout', enforced: 'allowed', policy: UNKNOWN },
    ]);
  });

  test('lists each closed set once, for types, instruments and documents alike', () => {
    expect({
      severity: semconv.SEVERITIES,
      status: semconv.STATUSES,
      result: semconv.CHECK_RESULTS,
      signal: semconv.SIGNALS,
      recovery: semconv.RECOVERY_STATUSES,
      state: semconv.STOPPED_STATES,
      kill: semconv.KILL_OUTCOMES,
      killTimeout: semconv.KILL_TIMEOUT_SECONDS,
      approval: semconv.APPROVAL_OUTCOMES,
      approver: semconv.APPROVER_CLASSES,
      verification: semconv.VERIFICATION_RESULTS,
      confidence: semconv.CONFIDENCE_LEVELS,
      priority: semconv.PRIORITIES,
      reason: semconv.DEAD_LETTER_REASONS,
      decision: semconv.DECISIONS,
      enforced: semconv.ENFORCEMENTS,
      provenance: semconv.PROVENANCES,
      unevaluated: semconv.UNEVALUATED_PROVENANCES,
      lost: semconv.DROP_REASONS,
      stream: semconv.TELEMETRY_SIGNALS,
      token: semconv.TOKEN_TYPES,
      window: semconv.RATE_WINDOW,
    }).toEqual({
      severity: ['low', 'medium', 'high', 'critical'],
      status: STATUS,
      result: ['allowed', 'denied', 'error', 'unknown'],
      signal: SIGNAL,
      recovery: ['success', 'failed'],
      state: ['killed', 'suspended', 'quarantined', 'decommissioned', 'revoked'],
      kill: KILL,
      killTimeout: 5,
      approval: ['approved', 'denied', 'expired', 'escalated'],
      approver: ['human', 'model', 'policy', 'service'],
      verification: ['verified', 'flagged', 'rejected'],
      confidence: ['high', 'medium', 'low'],
      priority: PRIORITY,
      reason: DEAD,
      decision: ['allow', 'deny', 'review', 'warn', 'require_approval', 'log', 'unknown'],
      enforced: ['allowed', 'denied', 'unknown'],
      provenance: ['evaluated', 'default', 'rate_limited', 'cached', 'backend_error', 'timeout', 'unknown'],
      unevaluated: ['default', 'rate_limited', 'cached', 'backend_error', 'timeout'],
      lost: LOSS,
      stream: ['metrics', 'traces', 'logs'],
      token: ['input', 'output'],
      window: '5m',
    });
  });

  test('names what stands for missing and for too many values', () => {
    expect([UNKNOWN, OVERFLOW]).toEqual(['unknown', '__overflow__']);
  });
});

describe('the span registry is the contract', () => {
  const { ATTR_AGENT_ID: agent, ATTR_ACTION: action, ATTR_REASON: reason } = attributes;
  const common = ['kernel.component', 'error.type'];
  const content = ['agent_os.content.input', 'agent_os.content.output'];
  const EXPECTED_SPANS = {
    'kernel.policy_check': [
      'policy_engine',
      [
        agent,
        action,
        'agent_os.policies',
        'agent_os.decision',
        'agent_os.enforced',
        'agent_os.provenance',
        reason,
        ...content,
        ...common,
      ],
    ],
    'kernel.execute': [
      'dispatcher',
      [
        ...[agent, action, 'gen_ai.agent.id', 'gen_ai.operation.name', 'gen_ai.tool.name'],
        ...['agent_os.decision', 'agent_os.enforced', reason, ...content, ...common],
      ],
    ],
    'kernel.signal': [
      'signal_dispatcher',
      [
        ...[agent, 'agent_os.signal', reason, 'agent_os.kill.outcome'],
        ...['agent_os.containment_seconds', ...common],
      ],
    ],
    'kernel.verification': [
      'verifier',
      ['agent_os.claim.id', 'agent_os.verification.result', 'agent_os.drift_score', ...common],
    ],
    'kernel.violation': [
      'policy_engine',
      [agent, action, 'agent_os.policy', 'agent_os.severity', reason, ...common],
    ],
  };

  test('has exactly its spans, components and attributes', () => {
    const declared = Object.entries(SPANS).map(([name, { component, attributes: listed }]) => [
      name,
      [component, [...listed].sort()],
    ]);
    const expected = Object.entries(EXPECTED_SPANS).map(([name, [component, listed]]) => [
      name,
      [component, [...(listed as string[])].sort()],
    ]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(expected));
  });

  test('has exactly its attributes', () => {
    expect(new Set(Object.values(attributes))).toEqual(
      new Set([
        ...['agent.id', 'agent_os.action', 'agent_os.policies', 'agent_os.policy', 'agent_os.decision'],
        ...['agent_os.enforced', 'agent_os.severity', 'agent_os.signal', 'agent_os.reason'],
        ...['kernel.component', 'error.type', 'agent_os.containment_seconds', 'agent_os.audit.hash'],
        ...['agent_os.content.input', 'agent_os.content.output', 'agent_os.stream.unseen'],
        ...['agent_os.rule', 'agent_os.provenance', 'agent_os.blocked', 'agent_os.kill.outcome'],
        ...['agent_os.approval.outcome', 'agent_os.approver.class', 'agent_os.wait_seconds'],
        ...['agent_os.state', 'agent_os.state.from', 'agent_os.topic', 'agent_os.claim.id'],
        'agent_os.delivery_attempt',
        ...['agent_os.verification.result', 'agent_os.drift_score'],
        ...['gen_ai.agent.id', 'gen_ai.operation.name', 'gen_ai.tool.name'],
      ]),
    );
  });

  test('names its event, its scope and its resource', () => {
    expect([EVENT_VIOLATION, EVENT_AUDIT]).toEqual(['agent_os.violation', 'agent_os.audit']);
    expect(SCOPE_NAME).toBe('agent-os-observability');
    expect([RESOURCE_SERVICE_NAME, RESOURCE_SERVICE_VERSION, RESOURCE_DEPLOYMENT_ENVIRONMENT]).toEqual([
      'service.name',
      'service.version',
      'deployment.environment.name',
    ]);
  });
});
