import { every, type Stop } from '../../common/timers.js';
import type { ActivitySource, Agent, AgentTracker } from './agent-tracker.js';

/** An agent that has asked nothing for so long is no longer governed by whom it asked. */
export const SEEN_MILLIS = 300_000;
const SWEEP_MILLIS = 30_000;

interface Seen {
  readonly source: ActivitySource;
  lastMs: number;
}

/**
 * The agents that engines are asked about which have no lifecycle: active from the first question until they have asked
 * nothing for five minutes. Bounded: past the limit the one that was asked about first is forgotten.
 */
export class SeenAgents {
  private readonly seen = new Map<string, Seen>();
  private stop: Stop | undefined;

  constructor(
    private readonly tracker: AgentTracker,
    private readonly limit: number,
    private readonly clock: () => number,
  ) {}

  asked(agent: Agent): void {
    const nowMs = this.clock();
    const seen = this.seen.get(agent.identity);
    if (seen !== undefined) {
      seen.lastMs = nowMs;
      return;
    }
    const source: ActivitySource = { agent, asking: true };
    this.seen.set(agent.identity, { source, lastMs: nowMs });
    this.tracker.serves(source);
    if (this.seen.size > this.limit) this.forget(this.seen.keys().next().value as string);
    this.stop ??= every(SWEEP_MILLIS, () => this.sweep());
  }

  /** Forgets those that have asked nothing for long. */
  sweep(): void {
    const before = this.clock() - SEEN_MILLIS;
    for (const [identity, { lastMs }] of this.seen) if (lastMs <= before) this.forget(identity);
  }

  clear(): void {
    for (const identity of [...this.seen.keys()]) this.forget(identity);
  }

  private forget(identity: string): void {
    const seen = this.seen.get(identity);
    this.seen.delete(identity);
    if (seen !== undefined) this.tracker.left(seen.source);
    if (this.seen.size > 0) return;
    this.stop?.();
    this.stop = undefined;
  }
}
