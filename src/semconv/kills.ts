import { id, type MetricDefinition, oneOf } from './types.js';
import { KILL_OUTCOMES, KILL_TIMEOUT_SECONDS, UNKNOWN } from './values.js';

/**
 * Attempts to kill, beside the SIGKILLs that were sent and the time of containment: a kill that failed, stopped nothing or
 * hangs is none of those.
 */
export const KILL_METRICS = {
  agent_os_kill_attempts_total: {
    kind: 'counter',
    unit: '{attempt}',
    description: `Attempts to kill an agent, by how they went; timed_out when under way for over ${KILL_TIMEOUT_SECONDS} s.`,
    labels: { outcome: oneOf(...KILL_OUTCOMES), agent_id: id },
    initialSeries: KILL_OUTCOMES.map((outcome) => ({ outcome, agent_id: UNKNOWN })),
  },
  agent_os_kills_in_progress: {
    kind: 'observableGauge',
    unit: '',
    description: 'Kills that are under way now.',
    labels: {},
    overWorkers: 'sum',
  },
  agent_os_kill_oldest_age_seconds: {
    kind: 'observableGauge',
    unit: 's',
    description: 'Seconds that the oldest kill under way has taken so far; 0 where none is.',
    labels: {},
    overWorkers: 'max',
  },
} as const satisfies Record<string, MetricDefinition>;
