import { UNKNOWN } from '../../semconv/values.js';
import type { Agent } from '../core/agent-tracker.js';

/** Policy label of flat rules that have no name of their own. */
export const FLAT_RULES = 'flat_rules';
/** Policy label of documents none of which matched, so that the default decided. */
export const POLICY_DOCUMENTS = 'policy_documents';
/** Policy label of a breach of the execution rings. */
export const EXECUTION_RING = 'execution_ring';
/** Policy label of a denial because the caller claimed to be another agent than the client's. */
export const AGENT_IDENTITY = 'agent_identity';

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

/** Agents met lately: to read a DID takes as long as to record with it. */
const met = new Map<string, Agent>();
const MOST_MET = 1000;
const LONGEST_MET = 256;

/** Who a DID or an agent's id stands for. */
export function agentOf(agent: unknown): Agent {
  const known = met.get(agent as string);
  if (known !== undefined) return known;
  const agentId = agentIdOf(agent);
  const read = { identity: agentId === UNKNOWN ? UNKNOWN : (agent as string), agentId };
  if (typeof agent === 'string' && agent.length <= LONGEST_MET) {
    if (met.size >= MOST_MET) met.clear();
    met.set(agent, read);
  }
  return read;
}

/** The `action` label of what a caller gave as the action. */
export function actionLabel(action: unknown): string {
  return typeof action === 'string' ? action : UNKNOWN;
}

/**
 * The `reason` label of a signal. What the SDK writes itself about a ring breach names the action, so it becomes one
 * cause. Any other text is left to the metric, which keeps short causes and folds free text into `other`.
 */
export function signalReason(reason: unknown): string {
  if (typeof reason !== 'string') return UNKNOWN;
  return reason.startsWith('Execution ring breach') ? 'ring_breach' : reason;
}
