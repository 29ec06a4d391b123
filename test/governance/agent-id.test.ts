import { AgentIdentity, AgentMeshClient } from '@microsoft/agent-governance-sdk';
import { agentIdOf } from '../../src/governance/agt/index.js';

test.each([
  ['did:agentmesh:support-1:0123456789abcdef', 'support-1'],
  ['did:agentmesh:team:billing:eu:0123456789abcdef', 'team:billing:eu'],
  ['did:agentmesh:line\nbreak:0123456789abcdef', 'line\nbreak'],
  ['did:agentmesh::0123456789abcdef', 'unknown'],
  ['did:agentmesh:support-1:not-hex', 'did:agentmesh:support-1:not-hex'],
  ['did:web:example.org', 'did:web:example.org'],
  ['support-1', 'support-1'],
  ['', 'unknown'],
  [undefined, 'unknown'],
  [7, 'unknown'],
])('the agent %j is labelled %j', (agent, id) => {
  expect(agentIdOf(agent)).toBe(id);
});

test('the DIDs that the SDK makes become the ids they were made for', () => {
  for (const id of ['a', 'a:b', 'did:agentmesh:a:0123456789abcdef', 'x'.repeat(1000)]) {
    expect(agentIdOf(AgentMeshClient.create(id).identity.did)).toBe(id);
    expect(agentIdOf(AgentIdentity.generate('root', ['*']).delegate(id, []).did)).toBe(id);
  }
});
