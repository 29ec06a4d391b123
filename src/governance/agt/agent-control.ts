import type { KillSwitchResult, LifecycleEvent, LifecycleManager } from '@microsoft/agent-governance-sdk';
import { observe } from '../../common/outcome.js';
import {
  ATTR_AGENT_ID,
  ATTR_CONTAINMENT_SECONDS,
  ATTR_FROM_STATE,
  ATTR_REASON,
  ATTR_STATE,
} from '../../semconv/attributes.js';
import { UNKNOWN, type Signal } from '../../semconv/values.js';
import type { ManualSpan } from '../../tracing/index.js';
import { recordKill, type ActivitySource, type AgentTracker, type Kill } from '../core/agent-state.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { InstancePatch, Method } from '../core/installations.js';
import { agentIdOf, signalReason } from './labels.js';

export function installKillSwitch(state: GovernanceState, patch: InstancePatch): void {
  patch.method('kill', (original, self, args) => kill(state, original, self, args));
}

/** A kill that fails was not sent: it is an error on its span, and counts nowhere. */
function kill(state: GovernanceState, original: Method, self: unknown, args: unknown[]): unknown {
  const { telemetry } = state;
  const reason = telemetry.attempt(() => (args[1] as { reason?: unknown } | undefined)?.reason);
  const span = startSignal(state, 'SIGKILL', agentIdOf(args[0]), reason);
  const startMs = telemetry.clock();
  return observe(
    () => telemetry.within(span, () => Reflect.apply(original, self, args)),
    (result) => {
      const containmentSeconds = telemetry.secondsSince(startMs);
      telemetry.attempt(() => telemetry.kernel.recordContainment({ durationSeconds: containmentSeconds }));
      telemetry.within(span, () =>
        telemetry.attempt(() => recordKill(state, killOf(result as KillSwitchResult, args[0]), startMs)),
      );
      telemetry.end(span, { attributes: { [ATTR_CONTAINMENT_SECONDS]: containmentSeconds } });
    },
    (error) => telemetry.fail(span, error),
  );
}

/** What a kill switch returned, about this agent. */
export function killOf(result: KillSwitchResult, agent: unknown): Kill {
  return {
    agentId: agentIdOf(agent),
    reason: signalReason(result.reason),
    handedOver: typeof result.handoffAgentId === 'string',
    result,
  };
}

const TRANSITIONS = ['transition', 'activate', 'suspend', 'quarantine', 'decommission'] as const;

/** Follows one manager. Returns a function that ends its agent's being counted as active through it. */
export function installLifecycle(
  state: GovernanceState,
  manager: LifecycleManager,
  agentId: string | undefined,
  patch: InstancePatch,
): () => void {
  const source: ActivitySource = { agentId: agentId ?? knownAgentOf(manager) };
  const transitions = new LifecycleTransitions(state, manager, source);
  for (const name of TRANSITIONS) {
    patch.method(name, (original, self, args) => transitions.run(original, self, args));
  }
  transitions.adopt();
  return leaving(state.tracker, source);
}

/** A manager says whose it is only in its events. */
function knownAgentOf(manager: LifecycleManager): string {
  return agentIdOf(manager.events?.at(-1)?.agent_id);
}

/** A function of its own, so that the closure does not hold the manager. */
function leaving(tracker: AgentTracker, source: ActivitySource): () => void {
  return () => tracker.left(source);
}

/**
 * The state changes of one manager. A change counts once, whichever method made it and through which others. A
 * transition that is refused changes nothing and counts nowhere.
 */
class LifecycleTransitions {
  private onStack = false;
  private readonly since: number;

  constructor(
    private readonly state: GovernanceState,
    private readonly manager: LifecycleManager,
    private readonly source: ActivitySource,
  ) {
    this.since = state.tracker.next();
  }

  /** Takes over the state that the manager already has. That it is active does not undo a kill. */
  adopt(): void {
    const { tracker } = this.state;
    const state = this.stateNow();
    const killed = tracker.stopOf(this.source.agentId)?.killedAtMs !== undefined;
    if (state === 'active' && !killed) tracker.activated(this.source);
    if (isHalt(state)) tracker.halted(this.source, state);
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
    if (this.source.agentId === UNKNOWN) this.source.agentId = agentIdOf(agent);
    this.emit(before, after, reason);
    if (after === 'active') return this.activated(before, reason);
    if (isHalt(after)) {
      tracker.halted(this.source, after);
      return this.signal('SIGSTOP', reason);
    }
    tracker.left(this.source);
  }

  private emit(before: string, after: string, reason: unknown): void {
    this.state.telemetry.events?.emit('agent_os.lifecycle', {
      [ATTR_AGENT_ID]: this.source.agentId,
      [ATTR_FROM_STATE]: before,
      [ATTR_STATE]: after,
      [ATTR_REASON]: typeof reason === 'string' ? reason : undefined,
    });
  }

  private activated(before: string, reason: unknown): void {
    const { tracker, telemetry } = this.state;
    if (before === 'provisioning' && this.wokenWhileKilled()) return;
    const stop = tracker.activated(this.source);
    if (isHalt(before)) this.signal('SIGCONT', reason);
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
   * decided that it may run again, so it stays killed. A client made after the kill is a restart, which is a recovery.
   */
  private wokenWhileKilled(): boolean {
    const { requests, tracker } = this.state;
    if (requests.current()?.client?.lifecycle !== this.manager) return false;
    const { killedAs = 0 } = tracker.stopOf(this.source.agentId) ?? {};
    return killedAs > this.since;
  }

  private signal(signal: Signal, reason: unknown): void {
    const { telemetry } = this.state;
    const { agentId } = this.source;
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

function isHalt(state: string): state is 'suspended' | 'quarantined' {
  return state === 'suspended' || state === 'quarantined';
}

function startSignal(
  state: GovernanceState,
  signal: Signal,
  agentId: string,
  reason: unknown,
): ManualSpan | undefined {
  return state.telemetry.start((tracer) =>
    tracer.startSignal({ agentId, signal, ...(typeof reason === 'string' && { reason }) }),
  );
}
