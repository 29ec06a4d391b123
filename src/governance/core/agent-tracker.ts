import type { StoppedState } from '../../semconv/values.js';

/** Who acts. What has happened to one session of an agent has not happened to another, so each is told by its identity. */
export interface Agent {
  /** The DID, or what else the SDK calls it by. */
  readonly identity: string;
  /** Its label, which the sessions of one agent share. */
  readonly agentId: string;
}

/** One source that says an agent is active, such as one lifecycle manager. Holds no more than whose it is. */
export interface ActivitySource {
  agent: Agent;
  /** It knows no more than that the agent asks: where a lifecycle says that it has stopped, that holds. */
  readonly asking?: boolean;
}

/** States of an agent's lifecycle that stop it. */
export type Halt = Exclude<StoppedState, 'killed'>;

/** Why an agent may no longer act. A kill outweighs all else, and the end of an identity a state of the lifecycle. */
interface Stop {
  readonly agentId: string;
  readonly killedAtMs?: number | undefined;
  /** A substitute took over. */
  readonly recovered?: boolean | undefined;
  readonly halted?: Halt | undefined;
  /** The identity itself is no longer good, whatever the lifecycle says. */
  readonly barred?: Halt | undefined;
}

interface Activity {
  readonly agentId: string;
  readonly sources: Set<ActivitySource>;
}

interface TrackerListener {
  agentStarted(): void;
  agentStopped(): void;
  evicted(limit: number): void;
}

/**
 * Which agents are active and which are stopped, by identity, for all clients together. Active agents are counted once
 * each, however many sources report them. Both sides are bounded: past the limit the least recently used is forgotten.
 */
export class AgentTracker {
  /** Agents forgotten so far because the limit was reached. */
  evictions = 0;
  private readonly active = new Map<string, Activity>();
  private readonly stopped = new Map<string, Stop>();
  /** Those of whom is known that they are there, active or not. */
  private readonly known = new Set<ActivitySource>();

  constructor(
    private readonly limit: number,
    private readonly listener: TrackerListener,
  ) {}

  /** False while no agent is stopped: the quick answer on a hot path. */
  get anyStopped(): boolean {
    return this.stopped.size > 0;
  }

  stopOf(identity: string): Stop | undefined {
    const stop = this.stopped.get(identity);
    if (stop !== undefined) this.keep(identity, stop);
    return stop;
  }

  stateOf(identity: string): StoppedState | undefined {
    const stop = this.stopOf(identity);
    return stop && (stop.killedAtMs !== undefined ? 'killed' : (stop.barred ?? stop.halted));
  }

  /** The source is there, and goes by {@link AgentTracker.gone}. */
  came(source: ActivitySource): void {
    this.known.add(source);
  }

  gone(source: ActivitySource): void {
    this.known.delete(source);
    this.left(source);
  }

  /** The agent acts again. Returns what had stopped it. */
  activated(source: ActivitySource): Stop | undefined {
    const { identity, agentId } = source.agent;
    const stop = this.stopped.get(identity);
    const barred = stop?.barred;
    if (barred === undefined) this.stopped.delete(identity);
    else this.keep(identity, { agentId, barred });
    this.serves(source);
    return stop;
  }

  /** The source says that the agent serves, which undoes no stop. */
  serves(source: ActivitySource): void {
    const { identity, agentId } = source.agent;
    if (this.stopped.has(identity)) return;
    const activity = this.active.get(identity) ?? { agentId, sources: new Set() };
    activity.sources.add(source);
    if (this.active.has(identity)) return;
    this.active.set(identity, activity);
    this.listener.agentStarted();
    this.evict(this.active, () => this.listener.agentStopped());
  }

  halted(source: ActivitySource, halted: Halt): void {
    const { identity, agentId } = source.agent;
    this.left(source);
    this.keep(identity, { ...this.stopped.get(identity), agentId, halted });
  }

  /** The identity is suspended or revoked; undefined: it is good again. */
  barred({ identity, agentId }: Agent, barred: Halt | undefined): void {
    const stop = { ...this.stopped.get(identity), agentId, barred };
    if (barred !== undefined) {
      this.deactivate(identity);
      this.keep(identity, stop);
    } else if (stop.killedAtMs === undefined && stop.halted === undefined) this.stopped.delete(identity);
    else this.keep(identity, stop);
  }

  /** The source is no longer active, for a reason that is no stop. */
  left(source: ActivitySource): void {
    const { identity } = source.agent;
    const sources = this.active.get(identity)?.sources;
    if (sources?.delete(source) && [...sources].every(({ asking }) => asking)) this.deactivate(identity);
  }

  /** One session is killed by its identity; all that are known of an agent, by the agent's id. */
  killed(agent: Agent, atMs: number, recovered: boolean): void {
    for (const identity of this.meantBy(agent)) {
      this.deactivate(identity);
      const earlier = this.stopped.get(identity);
      this.keep(identity, {
        ...earlier,
        agentId: agent.agentId,
        killedAtMs: earlier?.killedAtMs ?? atMs,
        recovered: recovered || (earlier?.recovered ?? false),
      });
    }
  }

  private meantBy({ identity, agentId }: Agent): Set<string> {
    const meant = new Set([identity]);
    if (identity !== agentId) return meant;
    for (const [other, activity] of this.active) if (activity.agentId === agentId) meant.add(other);
    for (const [other, stop] of this.stopped) if (stop.agentId === agentId) meant.add(other);
    for (const { agent } of this.known) if (agent.agentId === agentId) meant.add(agent.identity);
    return meant;
  }

  private deactivate(identity: string): void {
    if (this.active.delete(identity)) this.listener.agentStopped();
  }

  private keep(identity: string, stop: Stop): void {
    this.stopped.delete(identity);
    this.stopped.set(identity, stop);
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
