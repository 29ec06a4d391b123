import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASURES } from '../../../prometheus/src/measures.js';
import { aggregate, rate, sum, topk } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { grid, line } from '../grid.js';
import { page } from '../page.js';
import { bars, lines, ranking, stat } from '../panels/index.js';
import { highest } from '../queries/as-the-alert.js';
import { counted, measured, orZeroWhileAlive, SCOPE, timed } from '../queries/scope.js';
import { increaseOf } from '../queries/increase-of.js';
import { stepsIn } from '../queries/steps.js';
import { quantileOf } from '../queries/histograms.js';
import { BAD, badBelow, badFrom, GOOD, NO_DATA, nothingOrNoData, plain, WATCH, watchFrom } from '../theme.js';

const MOST_TOPICS = 10;
const published = counted('amb_messages_published_total');
const delivered = counted('amb_messages_delivered_total');
const { AMBQueueBacklog, AMBWALGrowth } = THRESHOLDS;

/** What a gauge of 0 and 1 means. */
const states = (off: readonly [string, string], on: readonly [string, string]): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: {
      '0': { text: off[0], color: off[1], index: 0 },
      '1': { text: on[0], color: on[1], index: 1 },
    },
  },
];

const numbers = line(5, [
  stat({
    id: 1,
    title: 'Messages/sec',
    description: 'Messages published to the bus per second, over all topics.',
    unit: 'mps',
    noValue: NO_DATA,
    course: true,
    queries: [
      { expression: orZeroWhileAlive(sum(rate(published, '$__rate_interval'))), legend: 'published' },
    ],
  }),
  stat({
    id: 2,
    title: 'Queue Depth',
    description:
      'Messages that wait, in the topic of a service where most do. Red from where AMBQueueBacklog fires, if it stays so.',
    unit: 'short',
    decimals: 0,
    noValue: 'No topics',
    steps: badFrom(AMBQueueBacklog.messages),
    course: true,
    queries: [{ expression: highest(MEASURES.AMBQueueBacklog(SCOPE)), legend: 'deepest topic' }],
  }),
  stat({
    id: 3,
    title: 'Backpressure Events (1h)',
    description: 'Times that a topic began to push back in the last hour.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: watchFrom(1),
    queries: [
      {
        expression: orZeroWhileAlive(increaseOf('amb_backpressure_activated_total', '1h')),
        legend: 'events',
      },
    ],
  }),
  stat({
    id: 4,
    title: 'Delivery Failures (1h)',
    description: 'Deliveries that failed in the last hour; a message may fail several times.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: watchFrom(1),
    queries: [
      { expression: orZeroWhileAlive(increaseOf('amb_delivery_failures_total', '1h')), legend: 'failures' },
    ],
  }),
]);

const flow = line(9, [
  lines({
    id: 5,
    title: 'Message Throughput',
    description:
      'Messages per second that were published, were delivered, and failed to be. Published and delivered part where messages pile up, or go to several subscribers.',
    unit: 'mps',
    noValue: nothingOrNoData('No messages'),
    colours: { failed: BAD },
    queries: [
      { expression: sum(rate(published, '$__rate_interval')), legend: 'published' },
      { expression: sum(rate(delivered, '$__rate_interval')), legend: 'delivered' },
      { expression: sum(rate(counted('amb_delivery_failures_total'), '$__rate_interval')), legend: 'failed' },
    ],
  }),
  lines({
    id: 6,
    title: 'Queue Depth by Topic',
    description: `Messages that wait, in the ${MOST_TOPICS} topics where most do, of the service with the most. AMBQueueBacklog fires above the dashed line.`,
    unit: 'short',
    noValue: nothingOrNoData('No topics'),
    many: true,
    steps: badFrom(AMBQueueBacklog.messages),
    queries: [
      {
        expression: topk(MOST_TOPICS, highest(MEASURES.AMBQueueBacklog(SCOPE), ['topic'])),
        legend: '{{topic}}',
      },
    ],
  }),
]);

const latency = (id: number, title: string, description: string, name: Latency) =>
  lines({
    id,
    title,
    description: `${description}: half take less (p50), 99 % take less (p99). The ${MOST_TOPICS} slowest topics.`,
    unit: 's',
    noValue: nothingOrNoData('No messages'),
    many: true,
    queries: [
      {
        expression: topk(MOST_TOPICS, quantileOf(0.99, timed(name), { by: ['topic'] })),
        legend: '{{topic}} p99',
      },
      {
        expression: topk(MOST_TOPICS, quantileOf(0.5, timed(name), { by: ['topic'] })),
        legend: '{{topic}} p50',
      },
    ],
  });
type Latency = 'amb_publish_duration_seconds' | 'amb_delivery_duration_seconds';

const latencies = line(9, [
  latency(7, 'Publish Latency', 'Time to publish one message', 'amb_publish_duration_seconds'),
  latency(8, 'Delivery Latency', 'Time from publication to delivery', 'amb_delivery_duration_seconds'),
]);

const lanes = line(9, [
  ranking({
    id: 9,
    title: 'Priority Lane Distribution',
    description: 'Messages published in the time range, by priority.',
    unit: 'none',
    noValue: nothingOrNoData('No messages'),
    queries: [
      {
        expression: stepsIn('agent_os:amb_published:each5m', '$__range', { by: ['priority'] }),
        legend: '{{priority}}',
      },
    ],
  }),
  bars({
    id: 10,
    title: 'Dead Letter Queue',
    description: 'Messages that were given up in the time of each bar, by topic and reason.',
    unit: 'short',
    noValue: nothingOrNoData('No dead letters'),
    atLeast: '1m',
    queries: [
      {
        expression: increaseOf('amb_dlq_messages_total', '$__interval', { by: ['topic', 'reason'] }),
        legend: '{{topic}}: {{reason}}',
      },
    ],
  }),
]);

const status = line(5, [
  stat({
    id: 11,
    title: 'Broker Status',
    description:
      'Whether each broker is connected, for every process that uses it. AMBBrokerDisconnected fires when one is not.',
    unit: 'none',
    noValue: 'No broker reports',
    steps: badBelow(1),
    mappings: states(['Disconnected', BAD], ['Connected', GOOD]),
    queries: [
      {
        expression: aggregate('min', MEASURES.AMBBrokerDisconnected(SCOPE), ['broker']),
        legend: '{{broker}}',
      },
    ],
  }),
  stat({
    id: 12,
    title: 'Persistence Status',
    description:
      'Whether messages are persisted by every process. Where they are not, a crash loses those that wait.',
    unit: 'none',
    noValue: 'No bus reports',
    steps: plain(),
    mappings: states(['Off', WATCH], ['On', GOOD]),
    queries: [{ expression: aggregate('min', measured('amb_persistence_enabled')), legend: 'persistence' }],
  }),
  stat({
    id: 13,
    title: 'Messages in WAL',
    description:
      'Messages in the write-ahead log that are not delivered yet, of the service with the most. AMBWALGrowth fires above the red line, if it grows.',
    unit: 'short',
    decimals: 0,
    noValue: 'No write-ahead log reports',
    steps: badFrom(AMBWALGrowth.messages),
    course: true,
    queries: [{ expression: highest(MEASURES.AMBWALGrowth(SCOPE)), legend: 'pending' }],
  }),
]);

export const amb = () =>
  page({
    uid: 'agent-os-amb',
    description: 'Whether messages between agents arrive, how fast, and where they pile up or are lost.',
    lastly: '6h',
    refresh: '30s',
    panels: grid(numbers, flow, latencies, lanes, status),
  });
