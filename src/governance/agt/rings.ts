import type { RingEnforcer } from '@microsoft/agent-governance-sdk';
import type { Agent } from '../core/agent-tracker.js';
import type { GovernanceState, RingBreach } from '../core/governance-state.js';
import type { InstancePatch } from '../core/installations.js';
import { recordBreach } from '../core/violations.js';
import { actionLabel, EXECUTION_RING } from './labels.js';

/** Counts a breach when the enforcer decides it, so that it counts whatever becomes of the kill that it brings about. */
export function installRingEnforcer(state: GovernanceState, agent: Agent, patch: InstancePatch): void {
  const enforce: keyof RingEnforcer = 'enforce';
  patch.method(enforce, (original, self, args) => {
    try {
      return Reflect.apply(original, self, args);
    } catch (error) {
      state.telemetry.attempt(() => breached(state, agent, args[0], error));
      throw error;
    }
  });
}

function breached(state: GovernanceState, { agentId }: Agent, action: unknown, error: unknown): void {
  const { violation } = error as { violation?: RingBreach };
  if (typeof violation?.requiredRing !== 'number') return;
  recordBreach(state, {
    agentId,
    action: actionLabel(action),
    policy: EXECUTION_RING,
    ringViolation: violation,
  });
}

/** All of it is optional. */
export interface RingEnforcerOptions {
  /** The agent whose actions the enforcer judges: its id or DID. */
  readonly agentId?: string;
}
