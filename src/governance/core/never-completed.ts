import type { GovernanceState } from './governance-state.js';
import type { GovernedRequest } from './governed-request.js';

const NEVER_COMPLETED = 'never_completed';

/**
 * Counts an invocation that was begun and that nobody can complete any more, as an error of the agent. How long its action
 * took nobody knows, so it is not timed. This is known when its handle is collected: sooner, it may yet be completed.
 */
export function recordNeverCompleted({ telemetry }: GovernanceState, request: GovernedRequest): void {
  if (!request.moveTo('ended')) return;
  const { agentId, span } = request;
  telemetry.attempt(() => telemetry.agent?.recordError({ agentId, errorType: NEVER_COMPLETED }));
  telemetry.warnOnce(
    'governance/never-completed',
    'governance: an invocation was begun and its handle let go without complete(); it counts as an error never_completed.',
  );
  const error = new Error('the invocation was never completed');
  error.name = NEVER_COMPLETED;
  error.stack = ''; // nobody threw it
  telemetry.fail(span, error);
}
