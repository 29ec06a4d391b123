import { oneOf, open, slug, type MetricDefinition } from './types.js';
import { CONFIDENCE_LEVELS, VERIFICATION_RESULTS } from './values.js';

export const CMVK_METRICS = {
  agent_os_cmvk_verifications_total: {
    kind: 'counter',
    unit: '{verification}',
    description: 'Cross-model verifications.',
    labels: { result: oneOf(...VERIFICATION_RESULTS) },
    initialSeries: VERIFICATION_RESULTS.map((result) => ({ result })),
  },
  agent_os_cmvk_consensus_ratio: {
    kind: 'observableGauge',
    unit: '1',
    description:
      'Share of verifier votes that agreed, over the last 5 minutes; absent until the first verification.',
    labels: {},
    overWorkers: 'min',
  },
  agent_os_cmvk_model_disagreements_total: {
    kind: 'counter',
    unit: '{disagreement}',
    description: 'Disagreements between two models; the pair is sorted and joined by a bar.',
    labels: { model_pair: open },
  },
  agent_os_cmvk_drift_score: {
    kind: 'histogram',
    unit: '',
    description: "Drift between the models' answers, from 0 to 1.",
    labels: {},
    buckets: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1],
  },
  agent_os_cmvk_verification_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Time of one verification.',
    labels: { model_count: open },
    buckets: [0.5, 1, 2, 3, 5, 10, 15, 30],
  },
  agent_os_cmvk_model_latency_seconds: {
    kind: 'histogram',
    unit: 's',
    description: "Time of one model's answer.",
    labels: { model: open },
    buckets: [0.5, 1, 2, 3, 5, 10, 30],
  },
  agent_os_cmvk_claims_by_confidence_total: {
    kind: 'counter',
    unit: '{claim}',
    description: 'Claims by confidence: high from 0.9, medium from 0.7, low below.',
    labels: { confidence: oneOf(...CONFIDENCE_LEVELS) },
    initialSeries: CONFIDENCE_LEVELS.map((confidence) => ({ confidence })),
  },
  agent_os_cmvk_verifier_errors_total: {
    kind: 'counter',
    unit: '{error}',
    description: 'Verifiers that were down or failed; not a dissent.',
    labels: { error_type: slug, model: open },
  },
} as const satisfies Record<string, MetricDefinition>;
