import type { LifecycleEvent, LifecycleManager } from '@microsoft/agent-governance-sdk';
import { ATTR_AGENT_ID, ATTR_FROM_STATE, ATTR_REASON, ATTR_STATE } from '../../semconv/attributes.js';
import { UNKNOWN, type Signal } from '../../semconv/values.js';
import type { ManualSpan } from '../../tracing/index.js';
import type { ActivitySource, AgentTracker, Halt } from '../core/agent-tracker.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { InstancePatch, Method } from '../core/installations.js';
import { agentOf, signalReason } from './labels.js';

const TRANSITIONS = ['transition', 'activate', 'suspend', 'quarantine', 'decommission'] as const;

/** Follows one manager. Returns a function that ends its agent's being counted as active through it. */
export function installLifecycle(
  state: GovernanceState,
  manager: LifecycleManager,
  did: string | undefined,
  patch: InstancePatch,
): () => void {
  const source: ActivitySource = { agent: agentOf(did ?? lastAgentOf(manager)) };
  const transitions = new LifecycleTransitions(state, manager, source);
  for (const name of TRANSITIONS) {
    patch.method(name, (original, self, args) => transitions.run(original, self, args));
  }
  transitions.adopt();
  return leaving(state.tracker, source);
}

/** A manager says whose it is only in its events. */
function lastAgentOf(manager: LifecycleManager): string | undefined {
  return manager.events?.at(-1)?.agent_id;
}

/** A function of its own, so that the closure does not hold the manager. */
function leaving(tracker: AgentTracker, source: ActivitySource): () => void {
  return () => tracker.gone(source);
}

/** What the lifecycle's states mean; an agent is in none of these while it is made. */
const SERVING: readonly string[] = ['active', 'degraded', 'rotating'];
const HALTS: Readonly<Record<string, Halt>> = {
  suspended: 'suspended',
  quarantined: 'quarantined',
  decommissioning: 'decommissioned',
  decommissioned: 'decommissioned',
};

/**
 * The state changes of one manager. A change counts once, whichever method made it and through which others. A
 * transition that is refused changes nothing and counts nowhere.
 */
class LifecycleTransitions {
  private onStack = false;

  constructor(
    private readonly state: GovernanceState,
    private readonly manager: LifecycleManager,
    private readonly source: ActivitySource,
  ) {}

  /** Takes over the state that the manager already has. That it serves does not undo a kill. */
  adopt(): void {
    const { tracker } = this.state;
    const state = this.stateNow();
    tracker.came(this.source);
    if (SERVING.includes(state) && !this.killed()) tracker.activated(this.source);
    const halt = HALTS[state];
    if (halt !== undefined) tracker.halted(this.source, halt);
  }

  run(original: Method, self: unknown, args: unknown[]): unknown {
    if (this.onStack) return Reflect.apply(original, self, args);
    const before = this.stateNow();
    let event: unknown;
    this.onStack = true;
    try {
      return (event = Reflect.apply(original, self, args));
    } finally {
      this.onStack = false;
      const after = this.stateNow();
      if (after !== before) this.state.telemetry.attempt(() => this.changed(before, after, event));
    }
  }

  private changed(before: string, after: string, event: unknown): void {
    const { tracker } = this.state;
    const { agent_id: agent, reason } = (event ?? {}) as Partial<LifecycleEvent>;
    if (this.source.agent.agentId === UNKNOWN) this.source.agent = agentOf(agent);
    this.emit(before, after, reason);
    if (after === 'active') return this.activated(before, reason);
    if (SERVING.includes(after)) return tracker.serves(this.source);
    const halt = HALTS[after];
    if (halt === undefined) return tracker.left(this.source);
    tracker.halted(this.source, halt);
    if (halt !== 'decommissioned') this.signal('SIGSTOP', reason);
  }

  private emit(before: string, after: string, reason: unknown): void {
    this.state.telemetry.events?.emit('agent_os.lifecycle', {
      [ATTR_AGENT_ID]: this.source.agent.agentId,
      [ATTR_FROM_STATE]: before,
      [ATTR_STATE]: after,
      [ATTR_REASON]: typeof reason === 'string' ? reason : undefined,
    });
  }

  private activated(before: string, reason: unknown): void {
    const { tracker, telemetry } = this.state;
    if (before === 'provisioning' && this.wokenWhileKilled()) return;
    const stop = tracker.activated(this.source);
    if (HALTS[before] !== undefined) this.signal('SIGCONT', reason);
    if (stop?.killedAtMs !== undefined) {
      if (stop.recovered) return;
      const durationSeconds = telemetry.secondsSince(stop.killedAtMs);
      telemetry.kernel.recordRecovery({ success: true, durationSeconds });
    } else if (before === 'quarantined') {
      telemetry.kernel.recordRecovery({ success: true }); // no time: the MTTR is from SIGKILL
    }
  }

  /**
   * A client activates its own agent on the first request, also one that was killed before it ever acted. Nobody has
   * decided that it may run again, so it stays killed.
   */
  private wokenWhileKilled(): boolean {
    return this.state.requests.current()?.client?.lifecycle === this.manager && this.killed();
  }

  private killed(): boolean {
    return this.state.tracker.stopOf(this.source.agent.identity)?.killedAtMs !== undefined;
  }

  private signal(signal: Signal, reason: unknown): void {
    const { telemetry } = this.state;
    const { agentId } = this.source.agent;
    const span = startSignal(this.state, signal, agentId, reason);
    telemetry.within(span, () =>
      telemetry.kernel.recordSignal({ signal, reason: signalReason(reason), agentId }),
    );
    telemetry.end(span);
  }

  private stateNow(): string {
    return this.state.telemetry.attempt(() => String(this.manager.state)) ?? UNKNOWN;
  }
}

/** Starts the span of a signal. */
export function startSignal(
  state: GovernanceState,
  signal: Signal,
  agentId: string,
  reason: unknown,
): ManualSpan | undefined {
  return state.telemetry.start((tracer) =>
    tracer.startSignal({ agentId, signal, ...(typeof reason === 'string' && { reason }) }),
  );
}
