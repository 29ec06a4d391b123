import { after } from '../common/timers.js';
import type { Severity } from '../semconv/values.js';
import { dropCall } from './host-calls.js';
import type { Instruments } from './instruments.js';
import type { Schedule } from './kills-under-way.js';

/** How long a violation waits for `recordBlocked` where nobody said whether it was stopped. */
export const UNDECIDED_MILLIS = 5000;
/** More than these do not wait: they are counted at once. */
const MOST_UNDECIDED = 10_000;

interface Undecided {
  readonly atMillis: number;
  readonly labels: readonly [severity: Severity, policy: string, action: string, agentId: string];
}

/** What waits, of all who have it in common. One of them looks after it. */
interface Waiting {
  readonly owner: ViolationStops;
  readonly waiting: Map<string, Undecided[]>;
  size: number;
  sweeping: boolean;
}

/**
 * Counts what was stopped, and the violations that nobody stopped. Where a host does not say so of a violation,
 * `recordBlocked` within five seconds does; agent and action say which it is of.
 */
export class ViolationStops {
  private readonly stopped;
  private readonly unblocked;
  private undecided: Waiting = { owner: this, waiting: new Map(), size: 0, sweeping: false };

  /** @internal */
  constructor(
    private readonly make: Instruments,
    private readonly schedule: Schedule = after,
  ) {
    this.stopped = make.counter('agent_os_violations_blocked_total').by('action', 'agent_id');
    this.unblocked = make
      .counter('agent_os_violations_unblocked_total')
      .by('severity', 'policy', 'action', 'agent_id');
  }

  /** What is recorded by several on one provider belongs together. */
  static of(make: Instruments): ViolationStops {
    return make.shared(
      'violation stops',
      (instruments) => new ViolationStops(instruments),
      (mine, theirs) => mine.follow(theirs),
    );
  }

  /** A violation, and whether it was stopped, where that is known. */
  violated(
    blocked: boolean | undefined,
    severity: Severity,
    policy: string,
    action: string,
    agentId: string,
  ): void {
    if (blocked === true) return;
    if (blocked !== undefined || this.undecided.size >= MOST_UNDECIDED)
      return this.count(severity, policy, action, agentId);
    this.wait(keyOf(agentId, action), {
      atMillis: this.make.clock(),
      labels: [severity, policy, action, agentId],
    });
    this.sweepLater();
  }

  /** One was stopped: if any waits, the oldest of this agent and action. */
  blocked(agentId: string, action: string): void {
    this.stopped.add(1, action, agentId);
    const { undecided } = this;
    if (undecided.size === 0) return;
    const key = keyOf(agentId, action);
    const oldest = undecided.waiting.get(key);
    if (oldest === undefined) return;
    oldest.shift();
    undecided.size--;
    if (oldest.length === 0) undecided.waiting.delete(key);
  }

  /** Nobody will say any more what was stopped: what waits was not. Never throws. */
  settle(): void {
    this.decide(Infinity);
  }

  private wait(key: string, one: Undecided): void {
    const { waiting } = this.undecided;
    const others = waiting.get(key);
    if (others === undefined) waiting.set(key, [one]);
    else others.push(one);
    this.undecided.size++;
  }

  /** Has in common with `other` from now on what waits. */
  private follow(other: ViolationStops): void {
    const { waiting } = this.undecided;
    this.undecided = other.undecided;
    for (const [key, undecided] of waiting) for (const one of undecided) this.wait(key, one);
    if (this.undecided.size > 0) this.sweepLater();
  }

  private count(severity: Severity, policy: string, action: string, agentId: string): void {
    this.unblocked.add(1, severity, policy, action, agentId);
  }

  /** One timer for all that wait, and none where nothing does. It keeps nothing that the host has let go of. */
  private sweepLater(millis = UNDECIDED_MILLIS): void {
    const { undecided } = this;
    if (undecided.sweeping) return;
    undecided.sweeping = true;
    const held = new WeakRef(undecided.owner);
    this.schedule(millis, () => held.deref()?.sweep());
  }

  private sweep(): void {
    this.undecided.sweeping = false;
    const until = this.make.clock() - UNDECIDED_MILLIS;
    const oldest = this.decide(until);
    if (oldest !== undefined) this.sweepLater(oldest - until);
  }

  /** Counts what has waited since `until` or longer. Gives the time of the oldest that waits then. */
  private decide(until: number): number | undefined {
    const { undecided } = this;
    let oldest: number | undefined;
    try {
      for (const [key, ones] of undecided.waiting) {
        const first = ones.findIndex(({ atMillis }) => atMillis > until);
        const over = ones.splice(0, first === -1 ? ones.length : first);
        undecided.size -= over.length;
        if (ones.length === 0) undecided.waiting.delete(key);
        for (const { labels } of over) this.count(...labels);
        oldest = Math.min(oldest ?? Infinity, ones[0]?.atMillis ?? Infinity);
      }
    } catch (error) {
      dropCall({ registry: this.make }, 'KernelMetrics.recordViolation', error);
    }
    return undecided.size > 0 ? oldest : undefined;
  }
}

/** What is no text is one unknown agent, or action. */
const keyOf = (agentId: unknown, action: unknown): string =>
  `${typeof agentId === 'string' ? agentId : ''}\0${typeof action === 'string' ? action : ''}`;
