// Tools of a Mastra agent behind a policy, with a model that is played: node mastra.mjs
import { Agent } from '@mastra/core/agent';
import { MastraLanguageModelV2Mock } from '@mastra/core/test-utils/llm-mock';
import { createTool } from '@mastra/core/tools';
import { initObservability } from 'agent-os-observability';
import { governTool } from 'agent-os-observability/frameworks/mastra';
import { z } from 'zod';

const obs = initObservability({ serviceName: 'support-desk', prometheus: { port: 0 }, otlp: false });

const policy = ({ action }) => (action === 'readTicket' ? 'allow' : 'deny');
const inputSchema = z.object({ id: z.number() });
const readTicket = createTool({
  id: 'readTicket',
  description: 'Reads.',
  inputSchema,
  execute: async () => 'open',
});
const deleteTicket = createTool({
  id: 'deleteTicket',
  description: 'Deletes.',
  inputSchema,
  execute: async () => 'gone',
});

const agent = new Agent({
  id: 'support-1',
  name: 'support-1',
  instructions: 'Help.',
  model: playedModel('readTicket', 'deleteTicket'),
  tools: {
    readTicket: governTool(obs, policy, readTicket),
    deleteTicket: governTool(obs, policy, deleteTicket),
  },
});
const stream = await agent.stream('Close what is done.', { maxSteps: 2 });
for await (const { type, payload } of stream.fullStream)
  if (type === 'tool-result') console.log(`${payload.toolName}: ${payload.result}`);
  else if (type === 'tool-error') console.log(`${payload.toolName}: ${payload.error.message}`);
console.log(await stream.text);

const page = await obs.export();
console.log(page.match(/^agent_os_(requests|violations)_total.*$/gm).join('\n'));
await obs.shutdown();

/** Calls these tools, and says then that it is done. */
function playedModel(...names) {
  const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
  const calls = names.map((toolName, index) => ({
    type: 'tool-call',
    toolCallId: `call-${index}`,
    toolName,
    input: '{"id":7}',
  }));
  const said = [
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'Done.' },
    { type: 'text-end', id: '1' },
  ];
  const answers = [
    [...calls, { type: 'finish', finishReason: 'tool-calls', usage }],
    [...said, { type: 'finish', finishReason: 'stop', usage }],
  ];
  const doStream = async () => ({
    stream: ReadableStream.from([{ type: 'stream-start', warnings: [] }, ...answers.shift()]),
  });
  return new MastraLanguageModelV2Mock({ doStream });
}
