import type { Clock } from '../common/clock.js';
import { every, type Stop } from '../common/timers.js';
import type { AskedApproval } from './pending-approval.js';

const SWEEP_MILLIS = 10_000;
/** Past it the one that has waited longest expires: a host that never answers must not fill the memory. */
const MOST_WAITING = 10_000;

/**
 * Approvals that wait for an answer, each until its deadline. One timer looks at them, only while there are any; it keeps
 * nothing that the host has let go of.
 */
export class WaitingApprovals {
  private readonly asked = new Set<AskedApproval>();
  private stop: Stop | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly expired: (asked: AskedApproval) => void,
  ) {}

  add(asked: AskedApproval): void {
    if (this.asked.size >= MOST_WAITING) this.expire(this.asked.values().next().value as AskedApproval);
    this.asked.add(asked);
    this.stop ??= this.sweepEach();
  }

  delete(asked: AskedApproval): void {
    this.asked.delete(asked);
    if (this.asked.size > 0) return;
    this.stop?.();
    this.stop = undefined;
  }

  /** Gives up what nobody has answered in time. */
  sweep(): void {
    const now = this.clock();
    for (const asked of this.asked) if (asked.deadlineMillis <= now) this.expire(asked);
  }

  private sweepEach(): Stop {
    const held = new WeakRef(this);
    const stop = every(SWEEP_MILLIS, () => {
      const waiting = held.deref();
      if (waiting === undefined) stop();
      else waiting.sweep();
    });
    return stop;
  }

  private expire(asked: AskedApproval): void {
    this.delete(asked);
    asked.expire();
    this.expired(asked);
  }
}
