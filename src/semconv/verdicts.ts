import { type MetricDefinition, oneOf, open } from './types.js';
import { ENFORCEMENTS, UNEVALUATED_PROVENANCES, UNKNOWN } from './values.js';

export const VERDICT_METRICS = {
  agent_os_policy_unevaluated_total: {
    kind: 'counter',
    unit: '{verdict}',
    description:
      'Verdicts that no evaluation gave: the default, a rate limit, a cache, or made up after a failure.',
    labels: {
      provenance: oneOf(...UNEVALUATED_PROVENANCES),
      enforced: oneOf(...ENFORCEMENTS),
      policy: open,
    },
    initialSeries: (['backend_error', 'timeout'] as const).map((provenance) => ({
      provenance,
      enforced: 'allowed',
      policy: UNKNOWN,
    })),
  },
} as const satisfies Record<string, MetricDefinition>;
