import { AnnotationQueryBuilder, type AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { not, thirdPartyGauge } from '../../prometheus/src/promql/index.js';
import { BAD, CHOSEN_PROMETHEUS } from './theme.js';

const STEP = '60s';

/** Marks when an alert fired. The Watchdog always does. */
export function firingAlerts(): AnnotationQuery {
  const { text: expression } = thirdPartyGauge('ALERTS', {
    alertstate: 'firing',
    alertname: not('Watchdog'),
  });
  return new AnnotationQueryBuilder()
    .name('Firing alerts')
    .datasource(CHOSEN_PROMETHEUS)
    .enable(true)
    .iconColor(BAD)
    .expr(expression) // where Grafana 12 reads it; 13 reads the target
    .step(STEP)
    .target(
      new DataqueryBuilder().refId('Anno').expr(expression).interval(STEP).datasource(CHOSEN_PROMETHEUS),
    )
    .titleFormat('{{alertname}}')
    .textFormat('{{severity}} {{service_name}}')
    .tagKeys('alertname,severity')
    .build();
}
