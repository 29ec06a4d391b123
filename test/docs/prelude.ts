import { createServer } from 'node:http';
import { AgentMeshClient } from '@microsoft/agent-governance-sdk';
import { createMetricsHandler, initObservability, type Observability } from '../../src/index.js';

/** The names that a snippet may use without declaring them: what a reader has in his own program. */
const names = {
  action: 'read_file',
  agentId: 'support-1',
  task: 'answer the customer',
  engine: { check: async (action: string): Promise<boolean> => action.startsWith('read_') },
  run: async (what: string): Promise<string> => `did ${what}`,
  app: { get: (_path: string, _handler: unknown): void => {} },
  handler: createMetricsHandler({
    export: async () => '',
    contentType: () => 'text/plain',
  }),
  http: { createServer },
  AgentMeshClient,
};

type Names = typeof names;

declare global {
  var action: Names['action'];
  var agentId: Names['agentId'];
  var task: Names['task'];
  var engine: Names['engine'];
  var run: Names['run'];
  var app: Names['app'];
  var handler: Names['handler'];
  var http: Names['http'];
  var AgentMeshClient: Names['AgentMeshClient'];
  /** Started when it is first used. */
  var obs: Observability;
}

Object.assign(globalThis, names);
Object.defineProperty(globalThis, 'obs', {
  get: () => initObservability({ serviceName: 'agent-os-kernel' }),
});
