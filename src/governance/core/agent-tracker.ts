import type { StoppedState } from '../../semconv/values.js';

/** One source that says an agent is active, such as one lifecycle manager. Holds nothing but the agent's id. */
export interface ActivitySource {
  agentId: string;
}

/** Why an agent may no longer act. A kill outweighs a suspension. */
export interface Stop {
  killedAtMs?: number;
  /** When the kill happened, in the order of everything tracked. */
  killedAs?: number;
  /** A substitute took over. */
  recovered?: boolean;
  halted?: 'suspended' | 'quarantined';
}

export interface TrackerListener {
  agentStarted(): void;
  agentStopped(): void;
  evicted(limit: number): void;
}

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

  /** A number that is higher than that of everything before. */
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

  /** The agent acts again; gives what had stopped it. */
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

  /** The source is no longer active, for any other reason. */
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
