import { UNKNOWN } from '../semconv/values.js';

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
