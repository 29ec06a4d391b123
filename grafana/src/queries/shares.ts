import { MEASURES } from '../../../prometheus/src/measures.js';
import { aggregate, binary, Expression } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { recorded } from '../../../prometheus/src/recording/series.js';
import { highest } from './as-the-alert.js';
import { SCOPE } from './scope.js';

/** A share, 0 where there was a whole but no part, and no sample at all where there was no whole. */
export function shareOf(part: Expression, whole: Expression): Expression {
  return binary(binary(part, 'or', new Expression('vector(0)')), '/', binary(whole, '>', 0));
}

/** Violations per request, of the service with the most; 0 where there were requests and nobody ever counted a violation. */
export function violationRatio(): Expression {
  const requests = aggregate(
    'max',
    recorded(`agent_os:requests:increase${THRESHOLDS.AgentOSHighViolationRate.window}`, SCOPE),
  );
  return binary(
    highest(MEASURES.AgentOSHighViolationRate(SCOPE)),
    'or',
    binary(binary(requests, '>', 0), '*', 0),
  );
}
