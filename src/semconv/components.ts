import { id, oneOf, open, slug, type MetricDefinition } from './types.js';

/**
 * How an operation of a part of the governance SDK ended. `detected`: it found what it looks for. `failed`: it answered
 * that it, or what it examined, failed. `error`: it threw. `unknown`: its answer was not understood.
 */
export const COMPONENT_RESULTS = [
  'ok',
  'allowed',
  'denied',
  'detected',
  'failed',
  'error',
  'unknown',
] as const;
export type ComponentResult = (typeof COMPONENT_RESULTS)[number];

/** The component and the operation that alert: whether the audit log still is what was written. */
export const AUDIT_LOG = 'audit_log';
export const VERIFY = 'verify';

export const COMPONENT_METRICS = {
  agent_os_component_operations_total: {
    kind: 'counter',
    unit: '{operation}',
    description: 'Operations of the parts of the governance SDK, by how they ended.',
    labels: { result: oneOf(...COMPONENT_RESULTS), component: open, operation: open },
    initialSeries: (['failed', 'error', 'unknown'] as const).map((result) => ({
      result,
      component: AUDIT_LOG,
      operation: VERIFY,
    })),
  },
  agent_os_component_findings_total: {
    kind: 'counter',
    unit: '{finding}',
    description: 'What the parts of the governance SDK found or refused, by its kind.',
    labels: { component: open, finding: slug },
  },
  agent_os_trust_score: {
    kind: 'observableGauge',
    unit: '',
    description: 'Trust in an agent from 0 to 1, as it was last asked for.',
    labels: { agent_id: id },
    overWorkers: 'last',
  },
  agent_os_trust_tier_changes_total: {
    kind: 'counter',
    unit: '{change}',
    description: 'Agents that moved from one tier of trust to another.',
    labels: { from: open, to: open },
  },
  agent_os_credential_age_seconds: {
    kind: 'observableGauge',
    unit: 's',
    description: 'Seconds since a credential of a vault was made or rotated.',
    labels: { credential: open },
    overWorkers: 'max',
  },
} as const satisfies Record<string, MetricDefinition>;
