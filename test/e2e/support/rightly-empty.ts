const LOSSES = 'the Collector has these series from its first loss on, and here it loses nothing';

/** Queries without a result in a healthy stack, and why. */
export const RIGHTLY_EMPTY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['A', 'B', 'C', 'D', 'E', 'F'].map((refId) => [
      `agent-os-performance / Collector Losses / ${refId}`,
      LOSSES,
    ]),
  ),
  'agent-os-performance / Overflow by Label / A': 'no label of the demo has more values than it may',
};

/** Series of others that are not there as long as all goes well. */
export const RIGHTLY_UNSEEN: readonly string[] = [
  'otelcol_receiver_failed_spans_total',
  'otelcol_receiver_failed_metric_points_total',
  'otelcol_exporter_send_failed_spans_total',
  'otelcol_exporter_enqueue_failed_spans_total',
  'otelcol_exporter_send_failed_metric_points_total',
  'otelcol_exporter_enqueue_failed_metric_points_total',
  'otelcol_receiver_failed_log_records_total',
  'otelcol_exporter_send_failed_log_records_total',
  'otelcol_exporter_enqueue_failed_log_records_total',
];
