import { binary, type Expression } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { increaseOf } from './increase-of.js';

/** A share, 0 where there was a whole but no part, and no sample at all where there was no whole. */
export function shareOf(part: Expression, whole: Expression): Expression {
  const some = binary(whole, '>', 0);
  return binary(binary(part, '/', some), 'or', binary(some, '*', 0));
}

/** Violations per request, over the window of the alert. */
export function violationRatio(): Expression {
  const { window } = THRESHOLDS.AgentOSHighViolationRate;
  return shareOf(
    increaseOf('agent_os_violations_total', window),
    increaseOf('agent_os_requests_total', window),
  );
}
