// Tools of a LangChain agent behind a policy, with a model that is played: node langchain.mjs
import { createAgent, FakeToolCallingModel, tool } from 'langchain';
import { initObservability } from 'agent-os-observability';
import { governTool } from 'agent-os-observability/frameworks/langchain';
import { z } from 'zod';

const obs = initObservability({ serviceName: 'support-desk', prometheus: { port: 0 }, otlp: false });

const policy = ({ action }) => (action === 'readTicket' ? 'allow' : 'deny');
const schema = z.object({ id: z.number() });
const tools = [
  tool(async () => 'open', { name: 'readTicket', description: 'Reads a ticket.', schema }),
  tool(async () => 'deleted', { name: 'deleteTicket', description: 'Deletes a ticket.', schema }),
].map((one) => governTool(obs, policy, one, { agentId: 'support-1' }));

const calls = tools.map(({ name }, index) => ({ name, args: { id: 7 }, id: `call-${index}` }));
const agent = createAgent({ model: new FakeToolCallingModel({ toolCalls: [calls, []] }), tools });
const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'Close what is done.' }] });
for (const { type, name, content, status } of messages)
  if (type === 'tool') console.log(`${name}: ${content}${status === 'error' ? ' (error)' : ''}`);

const page = await obs.export();
console.log(page.match(/^agent_os_(requests|violations)_total.*$/gm).join('\n'));
await obs.shutdown();
