// An MCP server in a process of its own, by standard input and output. It ends with its client.
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { initObservability } from 'agent-os-observability';
import { governServer } from 'agent-os-observability/frameworks/mcp';

const obs = initObservability({
  serviceName: 'tickets',
  prometheus: false,
  signalHandlers: false,
  otlp: { endpoint: process.argv[2], protocol: 'http/json', compression: 'none' },
});
const server = governServer(obs, () => 'allow', new McpServer({ name: 'tickets', version: '1.0.0' }), {
  agentId: 'tickets',
});
server.registerTool('readTicket', {}, async () =>
  obs.tracer.span('database.read', {}, async () => ({ content: [{ type: 'text', text: 'open' }] })),
);
process.stdin.on('end', () => void obs.shutdown().then(() => process.exit(0)));
await server.connect(new StdioServerTransport());
