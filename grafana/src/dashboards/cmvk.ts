import { MEASURES } from '../../../prometheus/src/measures.js';
import { aggregate, binary, increase, rate, sum, topk } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { grid, line } from '../grid.js';
import { traceLink, tracesLink } from '../links.js';
import { page } from '../page.js';
import { distribution, events, heatmap, lines, pie, ranking, stat, table } from '../panels/index.js';
import { quantileOf } from '../queries/histograms.js';
import { increaseOf } from '../queries/increase-of.js';
import { recordedStepsIn, recordedStepsInRange, stepsIn, stepsInRange } from '../queries/steps.js';
import { highest } from '../queries/as-the-alert.js';
import { counted, SCOPE, timed } from '../queries/scope.js';
import {
  badBelow,
  badFrom,
  CONFIDENCE_COLOURS,
  NO_DATA,
  nothingOrNoData,
  VERIFICATION_COLOURS,
  watchFrom,
} from '../theme.js';

const NO_VERIFICATIONS = nothingOrNoData('No verifications');
const MOST_SERIES = 10;
const duration = timed('agent_os_cmvk_verification_duration_seconds');
const modelLatency = timed('agent_os_cmvk_model_latency_seconds');
const { CMVKLowConsensus, CMVKHighDrift, CMVKVerificationSlow, CMVKHighDisagreementRate } = THRESHOLDS;

const ORIGIN = ['service_name', 'deployment_environment_name', 'service_version'] as const;
const verified = recordedStepsInRange('agent_os:cmvk_drift', {
  where: { le: '+Inf' },
  by: ORIGIN,
});
const high = binary(recordedStepsInRange('agent_os:cmvk_drifted', { by: ORIGIN }), '>', 0);
const meanDuration = () =>
  binary(
    recordedStepsIn('agent_os:cmvk_seconds:each5m', '$__range'),
    '/',
    binary(recordedStepsIn('agent_os:cmvk_verifications:each5m', '$__range'), '>', 0),
  );

const numbers = line(5, [
  stat({
    id: 1,
    title: 'Model Consensus Rate',
    description:
      'Share of verifier votes that agreed, over 5 minutes; the lowest of the chosen services. Red where CMVKLowConsensus fires. Absent until the first verification.',
    unit: 'percentunit',
    decimals: 1,
    min: 0,
    max: 1,
    noValue: 'No verification yet',
    steps: badBelow(CMVKLowConsensus.ratio),
    course: true,
    queries: [{ expression: aggregate('min', MEASURES.CMVKLowConsensus(SCOPE)), legend: 'consensus' }],
  }),
  stat({
    id: 2,
    title: 'Verifications (24h)',
    description: 'Verifications in the last 24 hours, whatever their result.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    queries: [
      { expression: increaseOf('agent_os_cmvk_verifications_total', '24h'), legend: 'verifications' },
    ],
  }),
  stat({
    id: 3,
    title: 'Flagged Claims (24h)',
    description:
      'Claims that the models did not agree on in the last 24 hours; rejected ones are not among them.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: watchFrom(1),
    queries: [
      {
        expression: increaseOf('agent_os_cmvk_verifications_total', '24h', { where: { result: 'flagged' } }),
        legend: 'flagged',
      },
    ],
  }),
  stat({
    id: 4,
    title: 'Avg Verification Time',
    description:
      'Mean duration of the verifications in the time range. CMVKVerificationSlow looks at the 95th percentile; red where even the mean is above its threshold.',
    unit: 's',
    noValue: NO_VERIFICATIONS,
    steps: badFrom(CMVKVerificationSlow.seconds),
    queries: [{ expression: meanDuration(), legend: 'mean' }],
  }),
]);

const results = line(
  9,
  [
    pie({
      id: 5,
      title: 'Verification Results (24h)',
      description: 'Verifications of the last 24 hours by result.',
      unit: 'short',
      decimals: 0,
      noValue: NO_DATA,
      colours: VERIFICATION_COLOURS,
      queries: [
        {
          expression: increaseOf('agent_os_cmvk_verifications_total', '24h', { by: ['result'] }),
          legend: '{{result}}',
        },
      ],
    }),
    lines({
      id: 6,
      title: 'Verification Rate Over Time',
      description: 'Verifications per second, by result.',
      unit: 'ops',
      noValue: NO_DATA,
      stacked: true,
      colours: VERIFICATION_COLOURS,
      queries: [
        {
          expression: sum(rate(counted('agent_os_cmvk_verifications_total'), '$__rate_interval'), ['result']),
          legend: '{{result}}',
        },
      ],
    }),
  ],
  [8, 16],
);

const disagreement = line(9, [
  distribution({
    id: 7,
    title: 'Drift Score Distribution',
    description: `Verifications in the time range by the drift between the models' answers, from 0 to 1. CMVKHighDrift fires when 5 % are above ${CMVKHighDrift.score}.`,
    unit: 'short',
    noValue: NO_VERIFICATIONS,
    queries: [{ expression: stepsInRange('agent_os:cmvk_drift', { by: ['le'] }), legend: 'to {{le}}' }],
  }),
  lines({
    id: 8,
    title: 'Model Disagreements Rate',
    description: `Disagreements in the last hour by pair of models: the ${MOST_SERIES} pairs with the most, and all pairs of a service together. CMVKHighDisagreementRate fires where all together are above the dashed line.`,
    unit: 'short',
    decimals: 0,
    noValue: nothingOrNoData('No disagreements'),
    many: true,
    steps: badFrom(CMVKHighDisagreementRate.disagreements),
    queries: [
      {
        expression: topk(
          MOST_SERIES,
          increaseOf('agent_os_cmvk_model_disagreements_total', CMVKHighDisagreementRate.window, {
            by: ['model_pair'],
          }),
        ),
        legend: '{{model_pair}}',
      },
      { expression: highest(MEASURES.CMVKHighDisagreementRate(SCOPE)), legend: 'all pairs' },
    ],
  }),
]);

const models = line(9, [
  lines({
    id: 9,
    title: 'Model Response Latency',
    description: `Time of one model's answer: half take less (p50), 95 % take less (p95). The ${MOST_SERIES} slowest.`,
    unit: 's',
    noValue: nothingOrNoData('No answers of models'),
    many: true,
    queries: [
      {
        expression: topk(MOST_SERIES, quantileOf(0.95, modelLatency, { by: ['model'] })),
        legend: '{{model}} p95',
      },
      {
        expression: topk(MOST_SERIES, quantileOf(0.5, modelLatency, { by: ['model'] })),
        legend: '{{model}} p50',
      },
    ],
  }),
  ranking({
    id: 10,
    title: 'Claims by Confidence Level',
    description: 'Claims in the time range by confidence: high from 0.9, medium from 0.7, low below.',
    unit: 'short',
    noValue: NO_DATA,
    colours: CONFIDENCE_COLOURS,
    queries: [
      {
        expression: stepsIn('agent_os:cmvk_claims:each5m', '$__range', {
          by: ['confidence'],
        }),
        legend: '{{confidence}}',
      },
    ],
  }),
]);

const durations = line(10, [
  heatmap({
    id: 11,
    title: 'Verification Duration Heatmap',
    description: 'Verifications by how long they took, over time: the brighter, the more.',
    unit: 's',
    noValue: NO_VERIFICATIONS,
    queries: [{ expression: sum(increase(duration.buckets, '$__rate_interval'), ['le']), legend: '{{le}}' }],
  }),
  events({
    id: 12,
    title: 'Recent High-Drift Claims',
    description: `The newest verifications in the time range with a drift above ${CMVKHighDrift.score}, each an event with a link to its trace. Where Grafana lacks the data source of VictoriaLogs, High-Drift Claims by Service counts the same.`,
    noValue: nothingOrNoData(`No claims with a drift above ${CMVKHighDrift.score}`),
    events: ['agent_os.verification'],
    where: `"agent_os.drift_score":>${CMVKHighDrift.score}`,
    columns: {
      'agent_os.claim.id': 'Claim',
      'agent_os.verification.result': 'Result',
      'agent_os.drift_score': 'Drift',
      'service.name': 'Service',
      trace_id: 'Trace',
    },
    links: [traceLink('Trace of this verification')],
  }),
]);

const services = line(8, [
  table({
    id: 13,
    title: 'High-Drift Claims by Service',
    description: `Verifications in the time range with a drift above ${CMVKHighDrift.score}, by service, by the counters of the kernels, which are there without a store of events too.`,
    unit: 'short',
    decimals: 0,
    noValue: nothingOrNoData(`No claims with a drift above ${CMVKHighDrift.score}`),
    columns: {
      service_name: 'Service',
      deployment_environment_name: 'Environment',
      service_version: 'Version',
      'Value #A': 'High-drift claims',
      'Value #B': 'Verifications',
    },
    most: 'High-drift claims',
    links: [tracesLink({ title: 'Traces of the service', service: '${__data.fields.service_name}' })],
    queries: [{ expression: high }, { expression: binary(verified, 'and', high) }],
  }),
]);

export const cmvk = () =>
  page({
    uid: 'agent-os-cmvk',
    description: 'Whether the models agree, how far apart they are when not, and how long it takes to know.',
    lastly: '24h',
    refresh: '1m',
    panels: grid(numbers, results, disagreement, models, durations, services),
  });
