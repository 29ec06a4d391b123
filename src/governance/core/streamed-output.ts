import { follow, lazyKind } from '../../common/followed-result.js';
import { type FollowedEnd, isUnseen } from '../../common/followed-stream.js';
import { streamBegan, streamEnded } from '../../instruments/call-scope.js';
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
  const { execution } = request;
  const kind = lazyKind(output);
  if (kind === undefined || kind === 'promise') return afterStreams(request, complete);
  if (execution !== undefined) streamBegan(execution);
  follow(output, kind, {
    clock: telemetry.clock,
    contextOf: () => (call, args) => request.runAction(call, ...args),
    ended: (end) => {
      telemetry.attempt(() => countUnseen(state, request, end));
      afterStreams(request, complete, endingOf(end));
      if (execution !== undefined) streamEnded(execution, isUnseen(end) ? end.idleMillis : 0);
    },
  });
}

/** At once, or when what was called inside of it has come to the end of its streams. */
function afterStreams(
  { failure, scope }: GovernedRequest,
  complete: (streamed?: Ending) => void,
  ending?: Ending,
): void {
  if (failure !== undefined || ending?.status === 'error' || !scope?.streams) return complete(ending);
  scope.onLastStream = (idleMillis) => complete({ ...(ending ?? SUCCESS), idleMillis });
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
