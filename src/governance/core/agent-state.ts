import { shortReason } from '../../instruments/kill-metrics.js';
import type { TrackedKill } from '../../instruments/kills-under-way.js';
import {
  ATTR_AGENT_ID,
  ATTR_CONTAINMENT_SECONDS,
  ATTR_ERROR_TYPE,
  ATTR_KILL_OUTCOME,
  ATTR_REASON,
} from '../../semconv/attributes.js';
import type { KillOutcome, StoppedState } from '../../semconv/values.js';
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

export type { TrackedKill };

/** How an attempt to kill an agent went. */
export interface Kill {
  readonly agentId: string;
  /** The `reason` label. */
  readonly reason: string;
  readonly outcome: KillOutcome;
  /** A substitute has taken over. */
  readonly handedOver?: boolean;
  /** What the SDK returned for it, by which one kill is counted once; undefined where it threw. */
  readonly result?: object | undefined;
  /** Where it was timed. */
  readonly durationSeconds?: number | undefined;
  /** Of what it threw. */
  readonly errorType?: string | undefined;
}

/**
 * Counts an attempt to kill. Only where something was stopped is the agent killed: one that goes on is active, and verdicts
 * that allow it are no `allowed_after_stop`. Where a substitute took over, that is the recovery; else the agent recovers
 * when its lifecycle makes it active again.
 *
 * @param running - the kill under way, where it was seen to begin
 */
export function recordKill(state: GovernanceState, kill: Kill, startMs: number, running?: TrackedKill): void {
  const { telemetry, tracker, counted } = state;
  const { agentId, reason, outcome, durationSeconds, handedOver = false, result } = kill;
  if (result !== undefined) counted.add(result);
  if (running !== undefined) running.end({ outcome, durationSeconds });
  else telemetry.kills?.recordKill({ agentId, reason, outcome, durationSeconds });
  if (running?.late !== true) emitKill(state, kill);
  if (outcome !== 'stopped') return;
  tracker.killed(agentId, startMs, handedOver);
  if (!handedOver) return;
  telemetry.kernel.recordRecovery({ success: true, durationSeconds: telemetry.secondsSince(startMs) });
}

/** One event for each attempt: of a kill that hangs, that it did; when it ends after all, its span and metrics say so. */
export function emitKill({ telemetry }: GovernanceState, kill: Kill): void {
  const { agentId, reason, outcome, durationSeconds, errorType } = kill;
  telemetry.events?.emit('agent_os.kill', {
    [ATTR_AGENT_ID]: agentId,
    [ATTR_KILL_OUTCOME]: outcome,
    [ATTR_REASON]: shortReason(reason),
    [ATTR_CONTAINMENT_SECONDS]: outcome === 'stopped' ? durationSeconds : undefined,
    [ATTR_ERROR_TYPE]: errorType,
  });
}
