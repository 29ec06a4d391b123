import { ACTIONS, agentId, POLICIES } from './names.js';
import { Random } from './random.js';

/** Recordings that are made before the measurement; a power of two. */
const POOL = 8192;

const VALUES: Readonly<Record<string, (random: Random) => string>> = {
  agent_id: (random) => agentId(random.below(100)),
  action: (random) => random.pick(ACTIONS.slice(0, 8)),
  policy: (random) => random.pick(POLICIES.slice(0, 4)),
  severity: (random) => random.pick(['low', 'high']),
  status: (random) => random.pick(['success', 'error']),
  signal: (random) => random.pick(['SIGSTOP', 'SIGKILL']),
  reason: (random) => random.pick(['policy_violation', 'operator_request']),
  model: (random) => random.pick(['model-a', 'model-b']),
  error_type: (random) => random.pick(['timeout', 'type_error']),
};

/** Counters of the registry, and the labels of each. */
export const MIXED_COUNTERS = [
  { metric: 'agent_os_violations_total', labels: ['severity', 'policy', 'action', 'agent_id'] },
  { metric: 'agent_os_violations_blocked_total', labels: ['action', 'agent_id'] },
  { metric: 'agent_os_requests_total', labels: ['status', 'action'] },
  { metric: 'agent_os_signals_total', labels: ['signal', 'reason'] },
  { metric: 'agent_os_sigkill_total', labels: ['reason', 'agent_id'] },
  { metric: 'agent_os_agent_llm_calls_total', labels: ['model', 'agent_id'] },
  { metric: 'agent_os_policy_evaluation_errors_total', labels: ['error_type', 'policy'] },
  { metric: 'agent_os_ungoverned_actions_total', labels: ['action', 'agent_id'] },
] as const;

export interface MixedRecording {
  /** Index of the counter. */
  readonly which: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Recordings of the counters in no order, their labels in no order either. */
export function mixedRecordings(): MixedRecording[] {
  const random = new Random(29);
  return Array.from({ length: POOL }, () => {
    const which = random.below(MIXED_COUNTERS.length);
    const names = random.shuffled<string>((MIXED_COUNTERS[which] as { labels: readonly string[] }).labels);
    const value = (name: string): string => (VALUES[name] as (random: Random) => string)(random);
    return { which, labels: Object.fromEntries(names.map((name) => [name, value(name)])) };
  });
}
