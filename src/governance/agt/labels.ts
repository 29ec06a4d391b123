import type { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { UNKNOWN } from '../../semconv/values.js';

const MESH_DID = /^did:agentmesh:(.*):[0-9a-f]+$/is;

/**
 * The agent's id, as metrics label it: `did:agentmesh:<agentId>:<fingerprint>` is `<agentId>`, any other text is
 * unchanged, anything else is `unknown`. A DID is new at every start of an agent, so as a label it would never stop
 * growing.
 *
 * @example
 * ```ts
 * agentIdOf('did:agentmesh:billing:eu:0123456789abcdef'); // 'billing:eu'
 * agentIdOf('billing:eu'); // 'billing:eu'
 * ```
 */
export function agentIdOf(agent: unknown): string {
  if (typeof agent !== 'string' || agent === '') return UNKNOWN;
  return (MESH_DID.exec(agent)?.[1] ?? agent) || UNKNOWN;
}

/**
 * The `reason` label of a signal. What the SDK writes itself about a ring breach names the action, so it becomes one
 * cause; anything else is left to the metric, which keeps short causes and folds free text into `other`.
 */
export function signalReason(reason: unknown): string {
  if (typeof reason !== 'string') return UNKNOWN;
  return reason.startsWith('Execution ring breach') ? 'ring_breach' : reason;
}

/** The client an adapter asks. The SDK's types hide it; an adapter of another make may not have one. */
export function clientOf(adapter: GenericFrameworkAdapter): AgentMeshClient | undefined {
  const { client } = adapter as unknown as { client?: AgentMeshClient };
  return typeof client?.executeWithGovernance === 'function' ? client : undefined;
}
