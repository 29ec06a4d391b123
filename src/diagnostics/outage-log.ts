import { monotonicClock, type Clock } from '../common/clock.js';
import type { DropLog } from './drop-log.js';

/** Shortest time between two lines of one cause: what comes and goes all the time must not fill a log. */
const QUIET_MILLIS = 60_000;
/** Causes remembered in one outage. */
const MAX_CAUSES = 20;

/**
 * Says that something does not work: one line for each cause, and one when it works again, with what the outage cost.
 * For what happens again and again; what happens once is said by DropLog alone.
 */
export class OutageLog {
  private readonly saidAt = new Map<string, number>();
  private said = false;
  private cost = 0;

  constructor(
    private readonly drops: DropLog,
    private readonly clock: Clock = monotonicClock,
  ) {}

  /** @param cost - what is lost by this failure, in the caller's own unit */
  failed(cause: string, cost: number, message: () => string): void {
    this.cost += cost;
    const now = this.clock();
    const before = this.saidAt.get(cause);
    if (before !== undefined && now - before < QUIET_MILLIS) return;
    if (before === undefined && this.saidAt.size >= MAX_CAUSES) return;
    this.saidAt.set(cause, now);
    this.said = true;
    this.drops.say(message());
  }

  /** Ends the outage, if there is one that was said. */
  recovered(message: (cost: number) => string): void {
    if (this.said) this.drops.say(message(this.cost));
    this.said = false;
    this.cost = 0;
    const now = this.clock();
    for (const [cause, at] of this.saidAt) if (now - at >= QUIET_MILLIS) this.saidAt.delete(cause);
  }
}
