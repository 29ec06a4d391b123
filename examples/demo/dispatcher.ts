import type { Pace } from './pace.js';
import type { ToolCall } from './tool-call.js';

export interface DispatchOptions {
  readonly pace: Pace;
  /** Most calls under way at once. */
  readonly most: number;
  /** Once aborted, no further call is handed over. */
  readonly stop: AbortSignal;
  /** Runs before a call is handed over; the first call is number 0. */
  readonly before: (call: ToolCall, number: number) => void | Promise<void>;
  /** Takes a call; must decide about it before it returns its promise. */
  readonly handle: (call: ToolCall, number: number) => Promise<void>;
}

/**
 * Hands calls over in their order, so that decisions do not depend on how long tools take. Agents work side by side; one
 * agent does one thing at a time. Settles when the last call has ended; what `handle` throws ends it at once.
 */
export async function dispatch(calls: Iterable<ToolCall>, options: DispatchOptions): Promise<void> {
  const { pace, most, stop, before, handle } = options;
  const underWay = new Map<string, Promise<void>>();
  let number = 0;
  for (const call of calls) {
    await underWay.get(call.agentId);
    while (underWay.size >= most) await Promise.race(underWay.values());
    await pace.next();
    if (stop.aborted) break;
    await before(call, number);
    underWay.set(
      call.agentId,
      handle(call, number).finally(() => underWay.delete(call.agentId)),
    );
    number += 1;
  }
  await Promise.all(underWay.values());
}
