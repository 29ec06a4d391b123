// The Collector, and whoever stores and sends: their series know no service.
import { RUNBOOKS_LABEL, runbooksUrl } from '../links.js';
import { MEASURES } from '../measures.js';
import {
  absent,
  aggregate,
  binary,
  Expression,
  increaseOfOthers,
  increaseOver,
  matches,
  sum,
  thirdPartyCounter,
  thirdPartyGauge,
} from '../promql/index.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { anyOf } from './any-of.js';
import { label, PERCENT, VALUE } from './text.js';

const filling = THRESHOLDS.OtelCollectorQueueFilling;
const lost = THRESHOLDS.OtelCollectorDataLost;
const refused = THRESHOLDS.OtelCollectorRefused;
const unsent = THRESHOLDS.AlertmanagerNotificationsFailing;

const COLLECTOR = 'otel-collector';
/** The other jobs of prometheus.yml; a Prometheus that watches more than this stack has jobs of others too. */
const OTHERS = 'prometheus|alertmanager|jaeger';
const collectorUp = thirdPartyGauge('up', { job: COLLECTOR });

/** Of spans, data points and log records. */
const LOST = 'otelcol_exporter_(enqueue|send)_failed_.+_total';
const REFUSED = 'otelcol_receiver_(refused|failed)_.+_total';

export const STACK_ALERTS: readonly Alert[] = [
  {
    name: 'OtelCollectorDown',
    severity: 'critical',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: anyOf(binary(aggregate('min', collectorUp, ['job', 'instance']), '==', 0), absent(collectorUp)),
    summary: `The Collector {{ with $labels.instance }}at {{ . }} {{ end }}is down`,
    description: `Prometheus cannot scrape the Collector{{ with $labels.instance }} at {{ . }}{{ end }}, or knows of none. Metrics and traces of kernels that send to it do not arrive, and alerts about those kernels see nothing.`,
  },
  {
    name: 'OtelCollectorQueueFilling',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(MEASURES.OtelCollectorQueueFilling(), '>', filling.ratio),
    summary: `The queue of ${label('exporter')} for ${label('data_type')} is ${PERCENT} full`,
    description: `The Collector ${label('instance')} cannot hand ${label('data_type')} on to ${label('exporter')} as fast as they come; its queue is ${PERCENT} full. A full one refuses metrics and loses spans.`,
  },
  {
    name: 'OtelCollectorDataLost',
    severity: 'critical',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(increaseOfOthers(LOST, lost.window, ['job', 'instance', 'exporter']), '>', lost.items),
    summary: `The Collector loses data on the way to ${label('exporter')}`,
    description: `${VALUE} spans, data points or events for ${label('exporter')} were lost by the Collector ${label('instance')} within ${lost.window}: its queue is full, or the backend refuses for good.`,
  },
  {
    name: 'OtelCollectorRefused',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(
      increaseOfOthers(REFUSED, refused.window, ['job', 'instance', 'receiver']),
      '>',
      refused.items,
    ),
    summary: `The Collector refuses what ${label('receiver')} receives`,
    description: `${VALUE} spans, data points or events were refused by the receiver ${label('receiver')} of the Collector ${label('instance')} within ${refused.window}: it is out of memory, or a queue is full. Senders try again for a while, then lose them.`,
  },
  {
    name: 'AgentOSScrapeFailing',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(
      aggregate('min', thirdPartyGauge('up', { job: matches(OTHERS) }), ['job', 'instance']),
      '==',
      0,
    ),
    summary: `${label('job')} at ${label('instance')} cannot be scraped`,
    description: `Prometheus gets no metrics of ${label('job')} at ${label('instance')}: it is down, or its address is wrong.`,
  },
  {
    name: 'AlertmanagerNotificationsFailing',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(
      sum(increaseOver(thirdPartyCounter('alertmanager_notifications_failed_total'), unsent.window), [
        'job',
        'instance',
        'integration',
      ]),
      '>',
      unsent.notifications,
    ),
    summary: `Notifications by ${label('integration')} fail`,
    description: `${VALUE} notification(s) by ${label('integration')} failed within ${unsent.window}: somebody was not told of an alert.`,
  },
  {
    name: 'Watchdog',
    severity: 'info',
    team: 'platform',
    dashboard: 'agent-os-performance',
    // It always fires, so that dashboards find here what the external labels say.
    labels: { [RUNBOOKS_LABEL]: runbooksUrl() },
    expr: new Expression('vector(1)'),
    summary: 'Alerts arrive',
    description:
      'Always fires. When it stops, Prometheus or Alertmanager is down, and no other alert arrives either.',
  },
];
