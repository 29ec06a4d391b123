import { MEASURES } from '../../../../prometheus/src/measures.js';
import { rate, sum } from '../../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../../prometheus/src/thresholds.js';
import { line } from '../../grid.js';
import { lines } from '../../panels/index.js';
import { highest } from '../../queries/as-the-alert.js';
import { collectorCounter, collectorGauge } from '../../queries/collector.js';
import { BAD, badFrom } from '../../theme.js';

const NO_COLLECTOR = 'No Collector reports';
const perSecond = (name: Parameters<typeof collectorCounter>[0]) =>
  sum(rate(collectorCounter(name), '$__rate_interval'));

export const collector = [
  line(9, [
    lines({
      id: 24,
      title: 'Spans through the Collector',
      description:
        'Spans per second that Collectors took in, refused, and sent on after sampling. Senders retry what is refused. Of all Collectors, whatever service is chosen.',
      unit: 'cps',
      noValue: NO_COLLECTOR,
      many: true,
      colours: { refused: BAD },
      queries: [
        { expression: perSecond('otelcol_receiver_accepted_spans_total'), legend: 'accepted' },
        { expression: perSecond('otelcol_receiver_refused_spans_total'), legend: 'refused' },
        { expression: perSecond('otelcol_exporter_sent_spans_total'), legend: 'sent' },
      ],
    }),
    lines({
      id: 25,
      title: 'Metric Points through the Collector',
      description:
        'Data points, and events, per second that Collectors took in and refused. Of all Collectors, whatever service is chosen.',
      unit: 'cps',
      noValue: NO_COLLECTOR,
      many: true,
      colours: { refused: BAD, 'events refused': BAD },
      queries: [
        { expression: perSecond('otelcol_receiver_accepted_metric_points_total'), legend: 'accepted' },
        { expression: perSecond('otelcol_receiver_refused_metric_points_total'), legend: 'refused' },
        { expression: perSecond('otelcol_receiver_accepted_log_records_total'), legend: 'events accepted' },
        { expression: perSecond('otelcol_receiver_refused_log_records_total'), legend: 'events refused' },
      ],
    }),
    lines({
      id: 26,
      title: 'Collector Queues',
      description:
        'How full the queue of each exporter is; it lasts over restarts. OtelCollectorQueueFilling fires above the dashed line.',
      unit: 'percentunit',
      max: 1,
      noValue: NO_COLLECTOR,
      many: true,
      steps: badFrom(THRESHOLDS.OtelCollectorQueueFilling.ratio),
      queries: [
        {
          expression: highest(MEASURES.OtelCollectorQueueFilling(), ['exporter', 'data_type']),
          legend: '{{exporter}} {{data_type}}',
        },
      ],
    }),
  ]),
  line(9, [
    lines({
      id: 27,
      title: 'Collector Losses',
      description:
        'Items per second that no queue took and no backend will get. Failed sends are retried, and are no loss as long as the queue has room.',
      unit: 'cps',
      noValue: 'Nothing was lost, or no Collector reports',
      many: true,
      queries: [
        { expression: perSecond('otelcol_exporter_enqueue_failed_spans_total'), legend: 'spans not queued' },
        {
          expression: perSecond('otelcol_exporter_enqueue_failed_metric_points_total'),
          legend: 'metric points not queued',
        },
        { expression: perSecond('otelcol_exporter_send_failed_spans_total'), legend: 'spans not sent' },
        {
          expression: perSecond('otelcol_exporter_send_failed_metric_points_total'),
          legend: 'metric points not sent',
        },
        {
          expression: perSecond('otelcol_exporter_enqueue_failed_log_records_total'),
          legend: 'events not queued',
        },
        {
          expression: perSecond('otelcol_exporter_send_failed_log_records_total'),
          legend: 'events not sent',
        },
      ],
    }),
    lines({
      id: 28,
      title: 'Traces That Wait for Sampling',
      description:
        'Traces in memory until it is decided whether to keep them. Beyond COLLECTOR_PENDING_TRACES, receivers wait.',
      unit: 'short',
      noValue: NO_COLLECTOR,
      many: true,
      queries: [
        {
          expression: sum(collectorGauge('otelcol_processor_tail_sampling_sampling_traces_on_memory'), [
            'instance',
          ]),
          legend: '{{instance}}',
        },
      ],
    }),
    lines({
      id: 29,
      title: 'Collector Memory',
      description:
        'Resident memory of each Collector. Past COLLECTOR_MEMORY_MIB of heap it refuses what comes.',
      unit: 'bytes',
      noValue: NO_COLLECTOR,
      many: true,
      queries: [
        {
          expression: sum(collectorGauge('otelcol_process_memory_rss_bytes'), ['instance']),
          legend: '{{instance}}',
        },
      ],
    }),
  ]),
];
