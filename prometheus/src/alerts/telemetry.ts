import { MEASURES } from '../measures.js';
import { binary, counter, increaseOver, sum, thirdPartyCounter } from '../promql/index.js';
import { WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { label, PERCENT, SERVICE, VALUE } from './text.js';

const lost = THRESHOLDS.AgentOSTelemetryDropped;
const overflow = THRESHOLDS.AgentOSCardinalityOverflow;
const skewed = THRESHOLDS.AgentOSClockSkewed;
const limit = THRESHOLDS.AgentOSSeriesNearLimit;
const refusing = THRESHOLDS.AgentOSEndpointRefusing;

/** What the SDK in a kernel says of itself. */
export const TELEMETRY_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSTelemetryDropped',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(MEASURES.AgentOSTelemetryDropped(), '>', lost.items),
    summary: `${SERVICE} loses ${label('signal')}: ${label('reason')}`,
    description: `${VALUE} item(s) of ${label('signal')} of ${SERVICE} were lost within ${lost.window}, for the reason ${label('reason')}. What panels and other alerts say of it may be too little.`,
  },
  {
    name: 'AgentOSCardinalityOverflow',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(
      sum(
        increaseOver(counter('agent_os_telemetry_dropped_total', { reason: 'cardinality' }), overflow.window),
        WHO,
      ),
      '>',
      overflow.values,
    ),
    summary: `Label values of ${SERVICE} are past their cap`,
    description: `${VALUE} measurement(s) of ${SERVICE} within ${overflow.window} were counted under __overflow__, because a label had its cap of values. Totals stay right; who it was is not known.`,
  },
  {
    name: 'AgentOSClockSkewed',
    severity: 'warning',
    team: 'sre',
    dashboard: 'agent-os-performance',
    expr: binary(
      sum(increaseOver(thirdPartyCounter('agent_os_telemetry_skewed_points_total'), skewed.window), [
        ...WHO,
        'agent_os_kernel_id',
      ]),
      '>',
      skewed.points,
    ),
    summary: `The clock of ${SERVICE} is wrong: its metrics are refused`,
    description: `${VALUE} data point(s) of the kernel ${label('agent_os_kernel_id')} were refused by the Collector within ${skewed.window}, since their time is more than 25 minutes behind or 5 ahead. Dashboards and alerts do not see this kernel; all others are as ever.`,
  },
  {
    name: 'AgentOSEndpointRefusing',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(MEASURES.AgentOSEndpointRefusing(), '>', refusing.requests),
    summary: `The metrics endpoint of ${SERVICE} refuses requests: ${label('reason')}`,
    description: `${VALUE} request(s) to the metrics endpoint of ${SERVICE} were refused within ${refusing.window}, for the reason ${label('reason')}. A scraper has the wrong secret, certificate or name, or a stranger tries.`,
  },
];

/** It waits for a quarter of an hour, and every metric of every kernel is asked. */
export const LIMIT_ALERTS: readonly Alert[] = [
  {
    name: 'AgentOSSeriesNearLimit',
    severity: 'info',
    team: 'platform',
    dashboard: 'agent-os-performance',
    expr: binary(MEASURES.AgentOSSeriesNearLimit(), '>', limit.ratio),
    summary: `${label('metric')} of ${SERVICE} has ${PERCENT} of the series it may have`,
    description: `A process of ${SERVICE} holds ${PERCENT} of the series that ${label('metric')} may have. Past the limit, new ones are counted under __overflow__.`,
  },
];
