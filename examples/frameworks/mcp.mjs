// The tools of an MCP server behind a policy, called by a client in the same process: node mcp.mjs
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport, McpServer } from '@modelcontextprotocol/server';
import { initObservability } from 'agent-os-observability';
import { governServer } from 'agent-os-observability/frameworks/mcp';

const obs = initObservability({ serviceName: 'desk', prometheus: { port: 0 }, otlp: false });

const about = { name: 'desk', version: '1.0.0' };
const server = governServer(
  obs,
  ({ action }) => (action === 'readTicket' ? 'allow' : 'deny'),
  new McpServer(about),
  { agentId: 'desk' },
);
server.registerTool('readTicket', {}, async () => ({ content: [{ type: 'text', text: 'open' }] }));
server.registerTool('deleteTicket', {}, async () => ({ content: [{ type: 'text', text: 'deleted' }] }));

const client = new Client(about);
const [one, other] = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(one), client.connect(other)]);
for (const name of ['readTicket', 'deleteTicket']) {
  const { content } = await client.callTool({ name });
  console.log(`${name}: ${content[0].text}`);
}
await client.close();

const page = await obs.export();
console.log(page.match(/^agent_os_(requests|violations)_total.*$/gm).join('\n'));
await obs.shutdown();
