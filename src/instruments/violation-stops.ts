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

/**
 * Counts what was stopped, and the violations that nobody stopped. Where a host does not say so of a violation,
 * `recordBlocked` within five seconds does; agent and action say which it is of.
 */
export class ViolationStops {
  private readonly stopped;
  private readonly unblocked;
  private waiting = new Map<string, Undecided[]>();
  private size = 0;
  private sweeping = false;

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
    return make.shared('violation stops', (instruments) => new ViolationStops(instruments));
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
    if (blocked !== undefined || this.size >= MOST_UNDECIDED)
      return this.count(severity, policy, action, agentId);
    const key = keyOf(agentId, action);
    const undecided: Undecided = {
      atMillis: this.make.clock(),
      labels: [severity, policy, action, agentId],
    };
    const others = this.waiting.get(key);
    if (others === undefined) this.waiting.set(key, [undecided]);
    else others.push(undecided);
    this.size++;
    this.sweepLater();
  }

  /** One was stopped: if any waits, the oldest of this agent and action. */
  blocked(agentId: string, action: string): void {
    this.stopped.add(1, action, agentId);
    if (this.size === 0) return;
    const key = keyOf(agentId, action);
    const oldest = this.waiting.get(key);
    if (oldest === undefined) return;
    oldest.shift();
    this.size--;
    if (oldest.length === 0) this.waiting.delete(key);
  }

  private count(severity: Severity, policy: string, action: string, agentId: string): void {
    this.unblocked.add(1, severity, policy, action, agentId);
  }

  /** One timer for all that wait, and none where nothing does. It keeps nothing that the host has let go of. */
  private sweepLater(millis = UNDECIDED_MILLIS): void {
    if (this.sweeping) return;
    this.sweeping = true;
    const held = new WeakRef(this);
    this.schedule(millis, () => held.deref()?.sweep());
  }

  private sweep(): void {
    this.sweeping = false;
    try {
      const until = this.make.clock() - UNDECIDED_MILLIS;
      let oldest = Infinity;
      for (const [key, undecided] of this.waiting) {
        const first = undecided.findIndex(({ atMillis }) => atMillis > until);
        const over = undecided.splice(0, first === -1 ? undecided.length : first);
        this.size -= over.length;
        if (undecided.length === 0) this.waiting.delete(key);
        for (const { labels } of over) this.count(...labels);
        oldest = Math.min(oldest, undecided[0]?.atMillis ?? Infinity);
      }
      if (this.size > 0) this.sweepLater(oldest - until);
    } catch (error) {
      dropCall({ registry: this.make }, 'KernelMetrics.recordViolation', error);
    }
  }
}

/** What is no text is one unknown agent, or action. */
const keyOf = (agentId: unknown, action: unknown): string =>
  `${typeof agentId === 'string' ? agentId : ''}\0${typeof action === 'string' ? action : ''}`;
