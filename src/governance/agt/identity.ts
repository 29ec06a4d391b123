import type { AgentIdentity } from '@microsoft/agent-governance-sdk';
import type { GovernanceState } from '../core/governance-state.js';
import type { InstancePatch } from '../core/installations.js';
import { agentOf } from './labels.js';

const CHANGES = ['suspend', 'revoke', 'reactivate'] as const satisfies readonly (keyof AgentIdentity)[];

/** Follows one identity: whoever acts with one that is suspended or revoked acts after its stop. */
export function installIdentity(state: GovernanceState, identity: AgentIdentity, patch: InstancePatch): void {
  const follow = (): void => {
    const { did, status } = identity;
    const barred = status === 'revoked' || status === 'suspended' ? status : undefined;
    state.tracker.barred(agentOf(did), barred);
  };
  for (const name of CHANGES) {
    patch.method(name, (original, self, args) => {
      const result = Reflect.apply(original, self, args);
      state.telemetry.attempt(follow);
      return result;
    });
  }
  if (identity.status !== 'active') follow();
}
