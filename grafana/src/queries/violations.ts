import type { Expression } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { lately } from './lately.js';
import { shareOf } from './ratio.js';

/** Violations per request, over the window of the alert. */
export function violationRatio(): Expression {
  const { window } = THRESHOLDS.AgentOSHighViolationRate;
  return shareOf(lately('agent_os_violations_total', window), lately('agent_os_requests_total', window));
}
