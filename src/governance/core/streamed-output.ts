import { follow, lazyKind } from '../../common/followed-result.js';
import { type FollowedEnd, isUnseen } from '../../common/followed-stream.js';
import { StreamMetrics } from '../../instruments/stream-metrics.js';
import { ATTR_STREAM_UNSEEN } from '../../semconv/attributes.js';
import { UNKNOWN } from '../../semconv/values.js';
import type { GovernanceState } from './governance-state.js';
import type { GovernedRequest } from './governed-request.js';
import { endingOfHandler, SUCCESS, type Ending } from './request-outcome.js';

/**
 * Calls `complete` once what a handler gave is complete: at once or, for a stream, when that has ended, with how it did.
 * What reads the stream runs it with the request's span active. Never throws.
 */
export function whenComplete(
  state: GovernanceState,
  request: GovernedRequest,
  output: unknown,
  complete: (streamed?: Ending) => void,
): void {
  const { telemetry } = state;
  const kind = lazyKind(output);
  if (kind === undefined || kind === 'promise') return complete();
  follow(output, kind, {
    clock: telemetry.clock,
    contextOf: () => (call, args) => telemetry.within(request.span, call, ...args),
    ended: (end) => {
      telemetry.attempt(() => countUnseen(state, request, end));
      complete(endingOf(end));
    },
  });
}

function countUnseen({ telemetry }: GovernanceState, request: GovernedRequest, end: FollowedEnd<unknown>) {
  if (!isUnseen(end)) return;
  request.span?.span.setAttribute(ATTR_STREAM_UNSEEN, end.unseen);
  new StreamMetrics(telemetry.kernel.registry).ended(request.action ?? UNKNOWN, end);
}

function endingOf(end: FollowedEnd<unknown>): Ending {
  if (end.threw) return endingOfHandler({ error: end.error }, undefined);
  return isUnseen(end) ? { status: 'unknown', idleMillis: end.idleMillis } : SUCCESS;
}
