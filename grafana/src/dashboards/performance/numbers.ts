import { MEASURES } from '../../../../prometheus/src/measures.js';
import { rate, sum } from '../../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../../prometheus/src/thresholds.js';
import { line } from '../../grid.js';
import { stat } from '../../panels/index.js';
import { highest } from '../../queries/as-the-alert.js';
import { counted, orZeroWhileAlive, SCOPE, timed } from '../../queries/scope.js';
import { increaseOf } from '../../queries/increase-of.js';
import { quantileOf } from '../../queries/histograms.js';
import { shareOf } from '../../queries/shares.js';
import { badAbove, badFrom, NO_DATA } from '../../theme.js';

const {
  AgentOSExecutionTimeout,
  AgentOSHighPolicyLatency,
  AgentHighErrorRate,
  AgentOSTelemetryDropped,
  OtelCollectorQueueFilling,
} = THRESHOLDS;
const requests = sum(rate(counted('agent_os_requests_total'), '$__rate_interval'));
const { window } = AgentHighErrorRate;
const failed = increaseOf('agent_os_requests_total', window, { where: { status: 'error' } });

export const numbers = line(5, [
  stat({
    id: 1,
    title: 'Throughput',
    description: 'Requests that kernels processed per second.',
    unit: 'reqps',
    noValue: NO_DATA,
    course: true,
    queries: [{ expression: orZeroWhileAlive(requests), legend: 'requests' }],
  }),
  stat({
    id: 2,
    title: 'Failed Requests',
    description: `Requests that ended in an error, as a share of all, and errors of agents as a share of their executions, of the service with the most; over the last ${window}. A denied request is a decision and no error. Red from where AgentHighErrorRate fires, which looks at the agents.`,
    unit: 'percentunit',
    decimals: 2,
    noValue: 'No requests',
    steps: badFrom(AgentHighErrorRate.ratio),
    course: true,
    queries: [
      { expression: shareOf(failed, increaseOf('agent_os_requests_total', window)), legend: 'requests' },
      { expression: highest(MEASURES.AgentHighErrorRate(SCOPE)), legend: 'agents' },
    ],
  }),
  stat({
    id: 3,
    title: 'Kernel Latency (p99)',
    description:
      'Overhead of the kernel on one request, without the action itself: 99 % take less. Red above what AgentOSHighPolicyLatency grants policy checks, which are most of it.',
    unit: 's',
    noValue: 'No requests',
    steps: badFrom(AgentOSHighPolicyLatency.seconds),
    course: true,
    queries: [{ expression: quantileOf(0.99, timed('agent_os_kernel_latency_seconds')), legend: 'p99' }],
  }),
  stat({
    id: 4,
    title: 'Execution (p99)',
    description:
      'Time of one governed action, end to end, of the slowest action: 99 % take less. Red from where AgentOSExecutionTimeout fires.',
    unit: 's',
    noValue: 'No executions',
    steps: badFrom(AgentOSExecutionTimeout.seconds),
    course: true,
    queries: [
      {
        expression: highest(MEASURES.AgentOSExecutionTimeout(SCOPE)),
        legend: 'p99',
      },
    ],
  }),
  stat({
    id: 5,
    title: 'Telemetry Dropped (1h)',
    description:
      'What kernels lost of their own telemetry in the last hour; what they only coarsened is not in it. Red as AgentOSTelemetryDropped.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: badAbove(AgentOSTelemetryDropped.items),
    queries: [
      {
        expression: orZeroWhileAlive(sum(MEASURES.AgentOSTelemetryDropped(SCOPE, '1h'))),
        legend: 'items',
      },
    ],
  }),
  stat({
    id: 6,
    title: 'Collector Queue',
    description:
      'How full the fullest queue of the Collectors is. When one is full, the Collector refuses what comes. Red from where OtelCollectorQueueFilling fires.',
    unit: 'percentunit',
    decimals: 0,
    min: 0,
    max: 1,
    noValue: 'No Collector reports',
    steps: badFrom(OtelCollectorQueueFilling.ratio),
    course: true,
    queries: [
      {
        expression: highest(MEASURES.OtelCollectorQueueFilling()),
        legend: 'fullest',
      },
    ],
  }),
]);
