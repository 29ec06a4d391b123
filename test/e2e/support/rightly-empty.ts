const LOSSES = 'the Collector has these series from its first loss on, and here it loses nothing';

/** Queries without a result in a healthy stack, and why. */
export const RIGHTLY_EMPTY: Readonly<Record<string, string>> = {
  'agent-os-overview / Violations Nobody Stopped / A': 'in the demo each violation is stopped',
  'agent-os-performance / Agent Errors / B': 'no stream is given up in the demo',
  'agent-os-safety / Approvals (30 Days) / B': 'nobody approves anything in the demo',
  'agent-os-safety / Human Escalation Rate / A': 'nobody approves anything in the demo',
  'agent-os-safety / Approval Wait (30 Days) / A': 'nobody approves anything in the demo',
  'agent-os-safety / Findings by Type / A':
    'the demo uses a policy engine, a kill switch and lifecycles alone',
  'agent-os-safety / Least Trusted Agents / A':
    'the demo uses a policy engine, a kill switch and lifecycles alone',
  'agent-os-safety / Moves Between Tiers of Trust / A':
    'the demo uses a policy engine, a kill switch and lifecycles alone',
  'agent-os-safety / Oldest Credentials / A':
    'the demo uses a policy engine, a kill switch and lifecycles alone',
  ...Object.fromEntries(
    ['A', 'B', 'C', 'D', 'E', 'F'].map((refId) => [
      `agent-os-performance / Collector Losses / ${refId}`,
      LOSSES,
    ]),
  ),
  'agent-os-agent / Kills That Failed (24h) / A': 'in the demo each kill stops its agent',
  'agent-os-agent / Trust Score / A': 'the demo uses a policy engine, a kill switch and lifecycles alone',
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
  'agent_os_telemetry_skewed_points_total',
];
