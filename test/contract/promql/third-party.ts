// Series of others that dashboards, rules and runbooks may ask for, with their labels; an end-to-end suite finds each of
// them in a running Prometheus. Of the Collector as 0.158.0 has them.

const SCRAPED = ['job', 'instance'];
const RECEIVER = [...SCRAPED, 'receiver', 'transport'];
const EXPORTER = [...SCRAPED, 'exporter'];
/** What every series of a kernel has of where it comes from. */
export const ORIGIN = [
  'service_name',
  'service_version',
  'service_instance_id',
  'agent_os_kernel_id',
  'deployment_environment_name',
  ...SCRAPED,
];
const ALERTING = ['alertname', 'severity', 'team', 'service_name', 'deployment_environment_name', 'agent_id'];
const SPAN = [
  ...ORIGIN,
  'span_name',
  'span_kind',
  'status_code',
  'kernel_component',
  'agent_os_decision',
  'agent_os_enforced',
];

export const COUNTERS: Readonly<Record<string, readonly string[]>> = {
  otelcol_receiver_accepted_spans_total: RECEIVER,
  otelcol_receiver_refused_spans_total: RECEIVER,
  otelcol_receiver_failed_spans_total: RECEIVER,
  otelcol_receiver_accepted_metric_points_total: RECEIVER,
  otelcol_receiver_refused_metric_points_total: RECEIVER,
  otelcol_receiver_failed_metric_points_total: RECEIVER,
  otelcol_receiver_accepted_log_records_total: RECEIVER,
  otelcol_receiver_refused_log_records_total: RECEIVER,
  otelcol_receiver_failed_log_records_total: RECEIVER,
  otelcol_exporter_sent_spans_total: EXPORTER,
  otelcol_exporter_send_failed_spans_total: EXPORTER,
  otelcol_exporter_enqueue_failed_spans_total: EXPORTER,
  otelcol_exporter_sent_metric_points_total: EXPORTER,
  otelcol_exporter_send_failed_metric_points_total: EXPORTER,
  otelcol_exporter_enqueue_failed_metric_points_total: EXPORTER,
  otelcol_exporter_sent_log_records_total: EXPORTER,
  otelcol_exporter_send_failed_log_records_total: EXPORTER,
  otelcol_exporter_enqueue_failed_log_records_total: EXPORTER,
  alertmanager_notifications_failed_total: [...SCRAPED, 'integration', 'reason'],
  /** What the Collector counts of a kernel whose clock is wrong. */
  agent_os_telemetry_skewed_points_total: ORIGIN,
  traces_span_metrics_calls_total: SPAN,
  traces_span_metrics_duration_seconds_count: SPAN,
  traces_span_metrics_duration_seconds_sum: SPAN,
};

export const BUCKETS: Readonly<Record<string, readonly string[]>> = {
  traces_span_metrics_duration_seconds_bucket: [...SPAN, 'le'],
};

export const GAUGES: Readonly<Record<string, readonly string[]>> = {
  otelcol_exporter_queue_size: [...EXPORTER, 'data_type'],
  otelcol_exporter_queue_capacity: [...EXPORTER, 'data_type'],
  otelcol_process_memory_rss_bytes: SCRAPED,
  otelcol_processor_tail_sampling_sampling_traces_on_memory: SCRAPED,
  /** Of a kernel that a Collector scrapes, with who it is. */
  up: ORIGIN,
  /** Prometheus' own, of the alerts that it evaluates. */
  ALERTS: [...ALERTING, 'alertstate'],
  ALERTS_FOR_STATE: ALERTING,
  target_info: ['service_name', 'service_version', 'deployment_environment_name', ...SCRAPED],
};
