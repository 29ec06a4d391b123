import { monotonicClock, type Clock } from '../common/clock.js';
import type { DropLog } from './drop-log.js';

/** Shortest time between two lines of one cause: what comes and goes all the time must not fill a log. */
const QUIET_MILLIS = 60_000;
/** Causes that are said in that time. */
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
    for (const [said, at] of this.saidAt) if (now - at >= QUIET_MILLIS) this.saidAt.delete(said);
    if (this.saidAt.has(cause) || this.saidAt.size >= MAX_CAUSES) return;
    this.saidAt.set(cause, now);
    this.said = true;
    this.drops.say(message());
  }

  /** Ends the outage, if there is one that was said. */
  recovered(message: (cost: number) => string): void {
    if (!this.said) return; // what it cost is told with the next that is
    this.drops.say(message(this.cost));
    this.said = false;
    this.cost = 0;
  }
}
