import { MEASURES, policyLatency } from '../../../../prometheus/src/measures.js';
import { increase, sum, topk } from '../../../../prometheus/src/promql/index.js';
import { recorded } from '../../../../prometheus/src/recording/series.js';
import { THRESHOLDS } from '../../../../prometheus/src/thresholds.js';
import { line } from '../../grid.js';
import { heatmap, lines } from '../../panels/index.js';
import { quantileOf } from '../../queries/histograms.js';
import { highest } from '../../queries/as-the-alert.js';
import { SCOPE, timed } from '../../queries/scope.js';
import { spanDuration } from '../../queries/span-metrics.js';
import { badFrom, nothingOrNoData } from '../../theme.js';

const MOST_SERIES = 10;
/** Of a month, one each two hours. */
const MOST_POINTS = 360;
const { AgentOSExecutionTimeout, AgentOSHighPolicyLatency } = THRESHOLDS;
const { quantile } = AgentOSHighPolicyLatency;
const kernel = timed('agent_os_kernel_latency_seconds');

export const latency = [
  line(9, [
    lines({
      id: 7,
      title: 'Policy Check Latency',
      description:
        'Time to evaluate the policies for one action, of the slowest service: 50, 95 and 99 % take less. AgentOSHighPolicyLatency fires above the dashed line.',
      unit: 's',
      noValue: nothingOrNoData('No policy checks'),
      many: true,
      steps: badFrom(AgentOSHighPolicyLatency.seconds),
      queries: [0.99, 0.95, 0.5].map((share) => ({
        expression: highest(policyLatency(share, SCOPE)),
        legend: `p${share * 100}`,
      })),
    }),
    lines({
      id: 8,
      title: 'Policy Check Latency by Policy (p99)',
      description: `The ${MOST_SERIES} slowest policies, of the service where each is slowest: 99 % of their checks take less. AgentOSHighPolicyLatency looks at all policies together, at the dashed line.`,
      unit: 's',
      noValue: nothingOrNoData('No policy checks'),
      many: true,
      mostPoints: MOST_POINTS,
      steps: badFrom(AgentOSHighPolicyLatency.seconds),
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            highest(recorded('agent_os_policy:checks:quantile', { ...SCOPE, quantile: String(quantile) }), [
              'policy',
            ]),
          ),
          legend: '{{policy}}',
        },
      ],
    }),
  ]),
  line(9, [
    heatmap({
      id: 9,
      title: 'Kernel Latency',
      description:
        'Requests by how much the kernel added to them, policy and dispatch, over time: the brighter, the more.',
      unit: 's',
      noValue: nothingOrNoData('No requests'),
      queries: [{ expression: sum(increase(kernel.buckets, '$__rate_interval'), ['le']), legend: '{{le}}' }],
    }),
    lines({
      id: 10,
      title: 'Execution by Action (p99)',
      description: `The ${MOST_SERIES} slowest actions, end to end: 99 % take less. AgentOSExecutionTimeout fires above the dashed line.`,
      unit: 's',
      noValue: nothingOrNoData('No executions'),
      many: true,
      mostPoints: MOST_POINTS,
      steps: badFrom(AgentOSExecutionTimeout.seconds),
      queries: [
        {
          expression: topk(MOST_SERIES, highest(MEASURES.AgentOSExecutionTimeout(SCOPE), ['action'])),
          legend: '{{action}}',
        },
      ],
    }),
  ]),
  line(9, [
    lines({
      id: 11,
      title: 'Spans of the Kernel (p99)',
      description:
        'Duration of spans, as the Collector times them before it samples: 99 % take less. Each mark is a span; its link leads to the trace in Jaeger, if that was kept.',
      unit: 's',
      noValue: nothingOrNoData('No spans'),
      many: true,
      queries: [
        {
          expression: quantileOf(0.99, spanDuration(), { by: ['span_name'] }),
          legend: '{{span_name}}',
          exemplars: true,
        },
      ],
    }),
    lines({
      id: 12,
      title: 'Agent Execution',
      description:
        'Time of one execution of an agent, by how it ended: 95 % take less. Whose it was is on the span.',
      unit: 's',
      noValue: nothingOrNoData('No executions of agents'),
      many: true,
      queries: [
        {
          expression: quantileOf(0.95, timed('agent_os_agent_execution_duration_seconds'), {
            by: ['status'],
          }),
          legend: '{{status}} p95',
        },
      ],
    }),
  ]),
];
