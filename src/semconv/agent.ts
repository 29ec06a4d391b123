import { id, oneOf, open, slug, type MetricDefinition } from './types.js';
import { STATUSES } from './values.js';

export const AGENT_METRICS = {
  agent_os_agent_llm_calls_total: {
    kind: 'counter',
    unit: '{call}',
    description: 'Calls of agents to language models.',
    labels: { model: open, agent_id: id },
  },
  agent_os_agent_errors_total: {
    kind: 'counter',
    unit: '{error}',
    description: 'Errors of agents.',
    labels: { error_type: slug, agent_id: id },
  },
  agent_os_agent_execution_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: "Time of one agent execution; the agent's id is on the span.",
    labels: { status: oneOf(...STATUSES) },
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60],
  },
} as const satisfies Record<string, MetricDefinition>;
