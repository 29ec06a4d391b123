// What the Collector says of itself. Prometheus scrapes it by the job of prometheus.yml; these series know no service.
import { Counter, Expression } from '../../../prometheus/src/promql/index.js';
import { selectorText } from '../../../prometheus/src/promql/labels.js';

type Origin = 'job' | 'instance';
type Received = 'receiver' | 'transport';

/** Labels by name. */
interface Counters {
  otelcol_receiver_accepted_spans_total: Received;
  otelcol_receiver_refused_spans_total: Received;
  otelcol_receiver_accepted_metric_points_total: Received;
  otelcol_receiver_refused_metric_points_total: Received;
  otelcol_receiver_accepted_log_records_total: Received;
  otelcol_receiver_refused_log_records_total: Received;
  otelcol_exporter_sent_spans_total: 'exporter';
  otelcol_exporter_send_failed_spans_total: 'exporter';
  otelcol_exporter_send_failed_metric_points_total: 'exporter';
  otelcol_exporter_send_failed_log_records_total: 'exporter';
  otelcol_exporter_enqueue_failed_spans_total: 'exporter';
  otelcol_exporter_enqueue_failed_metric_points_total: 'exporter';
  otelcol_exporter_enqueue_failed_log_records_total: 'exporter';
}

interface Gauges {
  otelcol_processor_tail_sampling_sampling_traces_on_memory: never;
  otelcol_process_memory_rss_bytes: never;
}

const ours = selectorText({ job: 'otel-collector' });

export const collectorCounter = <N extends keyof Counters>(name: N): Counter<Counters[N] | Origin> =>
  new Counter(`${name}${ours}`);

export const collectorGauge = <N extends keyof Gauges>(name: N): Expression<Gauges[N] | Origin> =>
  new Expression(`${name}${ours}`);
