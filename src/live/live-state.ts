import type { PageContent } from '../exposition/page-content.js';
import { UNKNOWN } from '../semconv/values.js';
import type { AgentState } from './live-events.js';
import type { LiveAgent, LiveExport, LiveService, LiveState } from './live-messages.js';
import { Readings } from './readings.js';

/** Rows of each list, at the most. */
const MAX_AGENTS = 40;
const MAX_ROWS = 12;

/** What is known beside the numbers. */
export interface Surroundings {
  readonly service: LiveService;
  readonly exports: readonly LiveExport[];
  /** What this page cannot show, in sentences. */
  readonly missing: readonly string[];
}

/** All numbers of one reading, as the page shows them. */
export function liveState(
  content: PageContent,
  at: number,
  agents: ReadonlyMap<string, AgentState>,
  { service, exports, missing }: Surroundings,
  callbacksFail: boolean,
): LiveState {
  const read = new Readings(content);
  const info = [...read.series('agent_os_kernel_info')][0]?.labels;
  const connected = read.value('amb_broker_connected');
  const all = agentsOf(read, agents);
  return {
    at,
    service,
    uptimeSeconds: read.total('agent_os_kernel_uptime_seconds'),
    policyMode: info?.['policy_mode'] ?? 'unknown',
    activeAgents: read.total('agent_os_active_agents'),
    requests: read.by('status', 'agent_os_requests_total'),
    checks: read.recordedBy('result', 'agent_os_policy_check_duration_seconds'),
    unevaluated: read.total('agent_os_policy_unevaluated_total'),
    evaluationErrors: read.total('agent_os_policy_evaluation_errors_total'),
    ungoverned: read.total('agent_os_ungoverned_actions_total'),
    violations: {
      total: read.total('agent_os_violations_total'),
      blocked: read.total('agent_os_violations_blocked_total'),
      bySeverity: read.by('severity', 'agent_os_violations_total'),
    },
    policies: policiesOf(read),
    actions: actionsOf(read),
    agents: all.slice(0, MAX_AGENTS),
    moreAgents: Math.max(0, all.length - MAX_AGENTS),
    kills: {
      outcomes: read.by('outcome', 'agent_os_kill_attempts_total'),
      underWay: read.total('agent_os_kills_in_progress'),
      containment: read.histogram('agent_os_containment_seconds'),
    },
    approvals: {
      waiting: read.total('agent_os_approvals_waiting'),
      outcomes: read.by('outcome', 'agent_os_approvals_total'),
    },
    votes: {
      results: read.by('result', 'agent_os_cmvk_verifications_total'),
      consensus: read.value('agent_os_cmvk_consensus_ratio'),
      disagreements: read.total('agent_os_cmvk_model_disagreements_total'),
      errors: read.total('agent_os_cmvk_verifier_errors_total'),
    },
    bus: {
      published: read.total('amb_messages_published_total'),
      delivered: read.total('amb_messages_delivered_total'),
      failures: read.total('amb_delivery_failures_total'),
      dead: read.total('amb_dlq_messages_total'),
      connected: connected === undefined ? undefined : connected > 0,
      topics: topicsOf(read),
    },
    latency: {
      check: read.histogram('agent_os_policy_check_duration_seconds'),
      execution: read.histogram('agent_os_execution_duration_seconds'),
    },
    health: {
      exports,
      lost: lossesOf(read),
      series: fullestOf(read),
      refused: read.total('agent_os_telemetry_endpoint_refused_total'),
      scrapes: read.histogram('agent_os_telemetry_scrape_duration_seconds').count,
      callbacksFail,
    },
    missing,
  };
}

function agentsOf(read: Readings, states: ReadonlyMap<string, AgentState>): LiveAgent[] {
  const violations = read.by('agent_id', 'agent_os_violations_total');
  const kills = read.by('agent_id', 'agent_os_sigkill_total');
  const errors = read.by('agent_id', 'agent_os_agent_errors_total');
  const calls = read.by('agent_id', 'agent_os_agent_llm_calls_total');
  const afterStop = read.by('agent_id', 'agent_os_allowed_after_stop_total');
  const ids = new Set([violations, kills, errors, calls, afterStop].flatMap(Object.keys));
  for (const id of states.keys()) ids.add(id);
  const agents = [...ids].map((id): LiveAgent => ({
    id,
    ...(states.get(id) ?? ((kills[id] ?? 0) > 0 ? { state: 'killed' } : {})),
    violations: violations[id] ?? 0,
    kills: kills[id] ?? 0,
    errors: errors[id] ?? 0,
    afterStop: afterStop[id] ?? 0,
  }));
  const isKnown = ({ id, state, violations, kills, errors, afterStop }: LiveAgent): boolean =>
    state !== undefined || (id !== UNKNOWN && id in calls) || violations + kills + errors + afterStop > 0;
  // Whoever changed last first, then whoever broke most.
  return agents
    .filter(isKnown)
    .sort((a, b) => (b.since ?? 0) - (a.since ?? 0) || b.violations - a.violations);
}

function policiesOf(read: Readings): LiveState['policies'] {
  const rows = new Map<string, { name: string; allowed: number; denied: number }>();
  for (const { labels, value } of read.series('agent_os_policy_decisions_total')) {
    const name = labels['policy'] ?? '';
    const row = rows.get(name) ?? { name, allowed: 0, denied: 0 };
    if (labels['enforced'] === 'denied') row.denied += value;
    else row.allowed += value;
    rows.set(name, row);
  }
  return most([...rows.values()], ({ allowed, denied }) => allowed + denied);
}

function actionsOf(read: Readings): LiveState['actions'] {
  const rows = new Map<string, Record<string, number>>();
  for (const { labels, value } of read.series('agent_os_requests_total')) {
    const name = labels['action'] ?? '';
    const counts = rows.get(name) ?? {};
    const status = labels['status'] ?? '';
    counts[status] = (counts[status] ?? 0) + value;
    rows.set(name, counts);
  }
  const list = [...rows].map(([name, counts]) => ({ name, counts }));
  return most(list, ({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0));
}

function topicsOf(read: Readings): LiveState['bus']['topics'] {
  const depth = read.by('topic', 'amb_queue_depth');
  const dead = read.by('topic', 'amb_dlq_messages_total');
  const names = [...new Set([...Object.keys(depth), ...Object.keys(dead)])];
  const list = names.map((name) => ({ name, depth: depth[name] ?? 0, dead: dead[name] ?? 0 }));
  return most(list, (topic) => topic.depth + topic.dead + 1);
}

function lossesOf(read: Readings): LiveState['health']['lost'] {
  const list = [...read.series('agent_os_telemetry_dropped_total')].map(({ labels, value }) => ({
    signal: labels['signal'] ?? '',
    reason: labels['reason'] ?? '',
    count: value,
  }));
  return most(list, ({ count }) => count);
}

/** The metrics that come closest to their limits. */
function fullestOf(read: Readings): LiveState['health']['series'] {
  const limits = read.by('metric', 'agent_os_telemetry_series_limit');
  const list = [...read.series('agent_os_telemetry_series')].map(({ labels: { metric = '' }, value }) => ({
    metric,
    used: value,
    limit: limits[metric] ?? value,
  }));
  return most(list, ({ used, limit }) => used / limit).slice(0, 5);
}

/** The rows with the most of something, without those that have none. */
function most<T>(rows: readonly T[], amount: (row: T) => number): T[] {
  return rows
    .filter((row) => amount(row) > 0)
    .sort((a, b) => amount(b) - amount(a))
    .slice(0, MAX_ROWS);
}
