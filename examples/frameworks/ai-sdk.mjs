// Tools of the AI SDK 7 behind a policy, with a model that is played: node ai-sdk.mjs
import { generateText, isStepCount, jsonSchema, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { initObservability } from 'agent-os-observability';
import { governTools } from 'agent-os-observability/frameworks/ai-sdk';

const obs = initObservability({ serviceName: 'support-desk', prometheus: { port: 0 }, otlp: false });

const anything = jsonSchema({ type: 'object' });
const tools = governTools(
  obs,
  ({ action }) => (action === 'readTicket' ? 'allow' : 'deny'),
  {
    readTicket: tool({ inputSchema: anything, execute: async () => ({ status: 'open' }) }),
    deleteTicket: tool({ inputSchema: anything, execute: async () => ({ deleted: true }) }),
  },
  { agentId: 'support-1' },
);

const result = await generateText({
  model: playedModel('readTicket', 'deleteTicket'),
  tools,
  prompt: 'Close what is done.',
  stopWhen: isStepCount(2),
});
for (const part of result.steps[0].content)
  if (part.type === 'tool-result') console.log(`${part.toolName}: ${part.output.status}`);
  else if (part.type === 'tool-error') console.log(`${part.toolName}: ${part.error.message}`);

const page = await obs.export();
console.log(page.match(/^agent_os_(requests|violations)_total.*$/gm).join('\n'));
await obs.shutdown();

/** Calls these tools, and says then that it is done. */
function playedModel(...names) {
  const usage = { inputTokens: { total: 10 }, outputTokens: { total: 5 } };
  const reason = (unified) => ({ unified, raw: undefined });
  const calls = names.map((toolName, index) => ({
    type: 'tool-call',
    toolCallId: `call-${index}`,
    toolName,
    input: '{"id":7}',
  }));
  const answers = [
    { content: calls, finishReason: reason('tool-calls'), usage, warnings: [] },
    { content: [{ type: 'text', text: 'Done.' }], finishReason: reason('stop'), usage, warnings: [] },
  ];
  return new MockLanguageModelV4({ doGenerate: async () => answers.shift() });
}
