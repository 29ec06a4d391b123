import { KillSwitch, LifecycleManager, LifecycleState } from '@microsoft/agent-governance-sdk';
import type { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import type { Observability } from '../../src/index.js';
import type { Pace } from './pace.js';
import { Random } from './random.js';

export interface Agent {
  readonly id: string;
  readonly lifecycle: LifecycleManager;
}

/** Seconds a stand-in needs to take over, share of take-overs that fail at first, and seconds until the agent is back. */
const TAKEOVER_SECONDS = [0.2, 0.6] as const;
const TAKEOVER_FAILS = 0.25;
const RETURN_SECONDS = [2, 4] as const;

/**
 * The agents under the kernel, each with its lifecycle. One that is killed is replaced by its stand-in, and comes back
 * after a while; until then the stand-in answers to its name. Signals, recoveries and active agents are recorded by
 * the instrumentation of the kill switch and the lifecycles.
 */
export class Fleet {
  readonly totals = { killed: 0, recovered: 0, crashed: 0 };
  private readonly killSwitch = new KillSwitch();
  private readonly agents = new Map<string, Agent>();
  /** Who acts for whom. */
  private readonly standIns = new Map<string, string>();
  private readonly withCompensation = new Set<string>();
  private readonly returns = new Set<Promise<void>>();

  constructor(
    private readonly obs: Observability,
    private readonly governance: GovernanceInstrumentation,
    private readonly seed: number,
    private readonly pace: Pace,
  ) {
    governance.instrumentKillSwitch(this.killSwitch);
  }

  /** Agents that may act. */
  get size(): number {
    return [...this.agents.values()].filter(({ lifecycle }) => lifecycle.state === LifecycleState.Active)
      .length;
  }

  /** Who acts under this name now: the agent, or its stand-in. */
  acting(id: string): Agent {
    return this.agentOf(this.standIns.get(id) ?? id);
  }

  /** The agent has nothing more to do. */
  leave(id: string): void {
    this.dismiss(id);
    this.dismiss(this.standIns.get(id));
    this.standIns.delete(id);
  }

  /** Kills an agent; settles when its stand-in has taken over. A stand-in has none itself and stays. */
  async kill(id: string, reason: string, action?: string): Promise<void> {
    const agent = this.acting(id);
    if (agent.id !== id) return;
    this.prepare(id);
    const { handoffAgentId } = await this.killSwitch.kill(id, {
      reason,
      ...(action !== undefined && { action }),
    });
    if (agent.lifecycle.canTransition(LifecycleState.Quarantined)) agent.lifecycle.quarantine(reason);
    if (handoffAgentId === undefined) return;
    this.totals.recovered += 1;
    this.standIns.set(id, handoffAgentId);
    const back = this.comeBack(agent).finally(() => this.returns.delete(back));
    this.returns.add(back);
  }

  suspend({ lifecycle }: Agent, reason: string): void {
    if (lifecycle.canTransition(LifecycleState.Suspended)) lifecycle.suspend(reason);
  }

  resume({ lifecycle }: Agent): void {
    if (lifecycle.state === LifecycleState.Suspended) lifecycle.activate('resumed');
  }

  /** An agent falls over of itself and is started again. */
  crash({ id }: Agent, reason: string): void {
    this.totals.crashed += 1;
    this.obs.kernel.recordAgentCrash({ agentId: id, reason });
    this.obs.agent.recordError({ agentId: id, errorType: reason });
  }

  /** Settles when nobody is on the way back any more. */
  async settled(): Promise<void> {
    while (this.returns.size > 0) await Promise.all(this.returns);
  }

  /** A compensation runs as part of the kill: the time from SIGKILL to recovery is the take-over's. */
  private prepare(id: string): void {
    this.totals.killed += 1;
    if (this.withCompensation.has(id)) return;
    this.withCompensation.add(id);
    this.killSwitch.registerSubstitute(id, `${id}-standin`);
    this.killSwitch.registerCompensation(id, () => this.takeOver());
  }

  private async takeOver(): Promise<void> {
    const random = Random.of(this.seed, `take-over ${this.totals.killed}`);
    await this.pace.wait(random.between(...TAKEOVER_SECONDS));
    while (random.chance(TAKEOVER_FAILS)) {
      this.obs.kernel.recordRecovery({ success: false });
      await this.pace.wait(random.between(...TAKEOVER_SECONDS));
    }
  }

  private async comeBack(agent: Agent): Promise<void> {
    const random = Random.of(this.seed, `return ${this.totals.killed}`);
    await this.pace.wait(random.between(...RETURN_SECONDS));
    if (this.agents.get(agent.id) !== agent) return; // it has left meanwhile
    agent.lifecycle.activate('restored');
    this.dismiss(this.standIns.get(agent.id));
    this.standIns.delete(agent.id);
  }

  private agentOf(id: string): Agent {
    let agent = this.agents.get(id);
    if (agent === undefined) {
      agent = { id, lifecycle: new LifecycleManager(id) };
      this.governance.instrumentLifecycle(agent.lifecycle);
      agent.lifecycle.activate('joined');
      this.agents.set(id, agent);
    }
    return agent;
  }

  private dismiss(id: string | undefined): void {
    const agent = id === undefined ? undefined : this.agents.get(id);
    if (agent === undefined) return;
    if (agent.lifecycle.canTransition(LifecycleState.Decommissioning)) agent.lifecycle.decommission('done');
    this.agents.delete(agent.id);
  }
}
