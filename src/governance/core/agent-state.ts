import type { StoppedState } from '../../semconv/values.js';
import type { GovernanceState } from './governance-state.js';

/**
 * Which agents are active and which are stopped, by agent id, for all clients together. Active agents are counted once
 * each, however many sources report them. Both sides are bounded: past the limit the least recently used is forgotten.
 */
export class AgentTracker {
  /** Agents forgotten so far because the limit was reached. */
  evictions = 0;
  private readonly active = new Map<string, Set<ActivitySource>>();
  private readonly stopped = new Map<string, Stop>();
  private order = 0;

  constructor(
    private readonly limit: number,
    private readonly listener: TrackerListener,
  ) {}

  /** False while no agent is stopped: the quick answer on a hot path. */
  get anyStopped(): boolean {
    return this.stopped.size > 0;
  }

  /** A number higher than all before it: what happened first has the lower one. */
  next(): number {
    return ++this.order;
  }

  stopOf(agentId: string): Stop | undefined {
    const stop = this.stopped.get(agentId);
    if (stop !== undefined) this.keep(agentId, stop);
    return stop;
  }

  stateOf(agentId: string): StoppedState | undefined {
    const stop = this.stopOf(agentId);
    return stop && (stop.killedAtMs !== undefined ? 'killed' : stop.halted);
  }

  /** The agent acts again. Returns what had stopped it. */
  activated(source: ActivitySource): Stop | undefined {
    const { agentId } = source;
    const stop = this.stopped.get(agentId);
    this.stopped.delete(agentId);
    const sources = this.active.get(agentId) ?? new Set();
    sources.add(source);
    if (!this.active.has(agentId)) {
      this.active.set(agentId, sources);
      this.listener.agentStarted();
      this.evict(this.active, () => this.listener.agentStopped());
    }
    return stop;
  }

  halted(source: ActivitySource, state: 'suspended' | 'quarantined'): void {
    this.left(source);
    this.keep(source.agentId, { ...this.stopped.get(source.agentId), halted: state });
  }

  /** The source is no longer active, for a reason that is no stop. */
  left(source: ActivitySource): void {
    const sources = this.active.get(source.agentId);
    if (sources?.delete(source) && sources.size === 0) this.deactivate(source.agentId);
  }

  killed(agentId: string, atMs: number, recovered: boolean): void {
    if (this.active.has(agentId)) this.deactivate(agentId);
    const earlier = this.stopped.get(agentId);
    this.keep(agentId, {
      ...earlier,
      killedAtMs: earlier?.killedAtMs ?? atMs,
      killedAs: this.next(),
      recovered: recovered || (earlier?.recovered ?? false),
    });
  }

  private deactivate(agentId: string): void {
    this.active.delete(agentId);
    this.listener.agentStopped();
  }

  private keep(agentId: string, stop: Stop): void {
    this.stopped.delete(agentId);
    this.stopped.set(agentId, stop);
    this.evict(this.stopped);
  }

  private evict(agents: Map<string, unknown>, forgotten?: () => void): void {
    if (agents.size <= this.limit) return;
    const [oldest] = agents.keys();
    agents.delete(oldest as string);
    this.evictions++;
    forgotten?.();
    this.listener.evicted(this.limit);
  }
}

/** One source that says an agent is active, such as one lifecycle manager. Holds nothing but the agent's id. */
export interface ActivitySource {
  agentId: string;
}

/** Why an agent may no longer act. A kill outweighs a suspension. */
interface Stop {
  killedAtMs?: number;
  /** The place of the kill in the order that {@link AgentTracker.next} gives. */
  killedAs?: number;
  /** A substitute took over. */
  recovered?: boolean;
  halted?: 'suspended' | 'quarantined';
}

interface TrackerListener {
  agentStarted(): void;
  agentStopped(): void;
  evicted(limit: number): void;
}

/** A kill that has happened. */
export interface Kill {
  readonly agentId: string;
  /** The `reason` label. */
  readonly reason: string;
  /** A substitute has taken over. */
  readonly handedOver: boolean;
  /** What the SDK returned for it, by which one kill is counted once. */
  readonly result: object;
}

/**
 * Counts a SIGKILL that was sent. Where a substitute took over, that is the recovery; else the agent recovers when its
 * lifecycle makes it active again.
 */
export function recordKill(state: GovernanceState, kill: Kill, startMs: number): void {
  const { telemetry, tracker, counted } = state;
  const { agentId, reason, handedOver, result } = kill;
  counted.add(result);
  telemetry.kernel.recordSignal({ signal: 'SIGKILL', reason, agentId });
  tracker.killed(agentId, startMs, handedOver);
  if (!handedOver) return;
  telemetry.kernel.recordRecovery({ success: true, durationSeconds: telemetry.secondsSince(startMs) });
}
