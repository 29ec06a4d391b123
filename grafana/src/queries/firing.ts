import { aggregate, binary, Expression, not, thirdPartyGauge } from '../../../prometheus/src/promql/index.js';
import { SCOPE } from './scope.js';

const BY = ['alertname', 'severity', 'service_name', 'deployment_environment_name', 'agent_id'] as const;
/** The one that always fires. */
const alertname = not('Watchdog');

const firing = aggregate(
  'count',
  thirdPartyGauge('ALERTS', { ...SCOPE, alertstate: 'firing', alertname }),
  BY,
);
const since = aggregate('min', thirdPartyGauge('ALERTS_FOR_STATE', { ...SCOPE, alertname }), BY);

/** The alerts of Prometheus that fire now: how many series of each, and for how many seconds their condition holds. */
export const FIRING = [
  { expression: firing },
  { expression: binary(binary(new Expression<(typeof BY)[number]>('time()'), '-', since), 'and', firing) },
] as const;
