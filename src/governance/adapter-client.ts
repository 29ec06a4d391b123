import type { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';

/** The client an adapter asks. The SDK's types hide it; an adapter of another make may not have one. */
export function clientOf(adapter: GenericFrameworkAdapter): AgentMeshClient | undefined {
  const { client } = adapter as unknown as { client?: AgentMeshClient };
  return typeof client?.executeWithGovernance === 'function' ? client : undefined;
}
