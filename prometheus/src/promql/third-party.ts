// Metrics of others that rules are about, with their labels. Those of the Collector are as 0.158.0 exposes them.
import { Expression } from './expression.js';
import { selectorText, type Match } from './labels.js';
import { Counter } from './metrics.js';

const COUNTERS = {
  otelcol_receiver_refused_spans_total: ['job', 'instance', 'receiver', 'transport'],
  otelcol_receiver_refused_metric_points_total: ['job', 'instance', 'receiver', 'transport'],
  otelcol_receiver_failed_spans_total: ['job', 'instance', 'receiver', 'transport'],
  otelcol_receiver_failed_metric_points_total: ['job', 'instance', 'receiver', 'transport'],
  otelcol_exporter_enqueue_failed_spans_total: ['job', 'instance', 'exporter'],
  otelcol_exporter_enqueue_failed_metric_points_total: ['job', 'instance', 'exporter'],
  otelcol_exporter_send_failed_spans_total: ['job', 'instance', 'exporter'],
  otelcol_exporter_send_failed_metric_points_total: ['job', 'instance', 'exporter'],
  alertmanager_notifications_failed_total: ['job', 'instance', 'integration', 'reason'],
} as const;

const GAUGES = {
  otelcol_exporter_queue_size: ['job', 'instance', 'exporter', 'data_type'],
  otelcol_exporter_queue_capacity: ['job', 'instance', 'exporter', 'data_type'],
  /** Of a kernel that a Collector scrapes, with the labels of who the kernel is. */
  up: ['job', 'instance', 'service_name', 'deployment_environment_name'],
} as const;

export type ThirdPartyCounter = keyof typeof COUNTERS;
type CounterLabel<N extends ThirdPartyCounter> = (typeof COUNTERS)[N][number];
type GaugeLabel<N extends keyof typeof GAUGES> = (typeof GAUGES)[N][number];
type Selected<L extends string> = { readonly [K in L]?: string | Match };

export const thirdPartyCounter = <N extends ThirdPartyCounter>(
  name: N,
  where: Selected<CounterLabel<N>> = {},
): Counter<CounterLabel<N>> => new Counter(`${name}${selectorText(where)}`);

export const thirdPartyGauge = <N extends keyof typeof GAUGES>(
  name: N,
  where: Selected<GaugeLabel<N>> = {},
): Expression<GaugeLabel<N>> => new Expression(`${name}${selectorText(where)}`);
