// Metrics of others that rules are about, with their labels. Those of the Collector are as 0.158.0 exposes them.
import { Expression } from './expression.js';
import { selectorText, type Match } from './labels.js';
import { Counter } from './metrics.js';

type Scraped = 'job' | 'instance';
/** What alerts have, and `agent_id` where they are about one. */
type Alerting =
  'alertname' | 'severity' | 'team' | 'service_name' | 'deployment_environment_name' | 'agent_id';

interface Counters {
  /** Of the Collector, by kernel: data points whose time is so wrong that no backend would take them. */
  agent_os_telemetry_skewed_points_total:
    'service_name' | 'deployment_environment_name' | 'agent_os_kernel_id';
  otelcol_receiver_refused_spans_total: Scraped | 'receiver' | 'transport';
  otelcol_receiver_refused_metric_points_total: Scraped | 'receiver' | 'transport';
  otelcol_receiver_refused_log_records_total: Scraped | 'receiver' | 'transport';
  otelcol_receiver_failed_spans_total: Scraped | 'receiver' | 'transport';
  otelcol_receiver_failed_metric_points_total: Scraped | 'receiver' | 'transport';
  otelcol_receiver_failed_log_records_total: Scraped | 'receiver' | 'transport';
  otelcol_exporter_enqueue_failed_spans_total: Scraped | 'exporter';
  otelcol_exporter_enqueue_failed_metric_points_total: Scraped | 'exporter';
  otelcol_exporter_enqueue_failed_log_records_total: Scraped | 'exporter';
  otelcol_exporter_send_failed_spans_total: Scraped | 'exporter';
  otelcol_exporter_send_failed_metric_points_total: Scraped | 'exporter';
  otelcol_exporter_send_failed_log_records_total: Scraped | 'exporter';
  alertmanager_notifications_failed_total: Scraped | 'integration' | 'reason';
}

interface Gauges {
  otelcol_exporter_queue_size: Scraped | 'exporter' | 'data_type';
  otelcol_exporter_queue_capacity: Scraped | 'exporter' | 'data_type';
  /** Of a kernel that a Collector scrapes, with the labels of who the kernel is. */
  up: Scraped | 'service_name' | 'deployment_environment_name';
  /** Of each alert that fires or is about to. */
  ALERTS: Alerting | 'alertstate';
  /** When its condition began to hold, in Unix seconds. */
  ALERTS_FOR_STATE: Alerting;
}

type Selected<L extends string> = { readonly [K in L]?: string | Match };

export const thirdPartyCounter = <N extends keyof Counters>(
  name: N,
  where: Selected<Counters[N]> = {},
): Counter<Counters[N]> => new Counter(`${name}${selectorText(where)}`);

export const thirdPartyGauge = <N extends keyof Gauges>(
  name: N,
  where: Selected<Gauges[N]> = {},
): Expression<Gauges[N]> => new Expression(`${name}${selectorText(where)}`);
