// Tools of @openai/agents behind a policy, with a model that is played: node openai-agents.mjs
import { Agent, run, setTracingDisabled, tool, Usage } from '@openai/agents';
import { initObservability } from 'agent-os-observability';
import { governTool } from 'agent-os-observability/frameworks/openai-agents';
import { z } from 'zod';

setTracingDisabled(true);
const obs = initObservability({ serviceName: 'support-desk', prometheus: { port: 0 }, otlp: false });

const policy = ({ action }) => (action === 'readTicket' ? 'allow' : 'deny');
const parameters = z.object({ id: z.number() });
const ticketTool = (name, said) =>
  tool(
    governTool(
      obs,
      policy,
      { name, description: name, parameters, execute: async () => said },
      { agentId: 'support-1' },
    ),
  );
const agent = new Agent({
  name: 'support-1',
  model: playedModel('readTicket', 'deleteTicket'),
  tools: [ticketTool('readTicket', 'open'), ticketTool('deleteTicket', 'deleted')],
});

const { newItems, finalOutput } = await run(agent, 'Close what is done.');
for (const item of newItems)
  if (item.type === 'tool_call_output_item') console.log(`${item.rawItem.name}: ${item.output}`);
console.log(finalOutput);

const page = await obs.export();
console.log(page.match(/^agent_os_(requests|violations)_total.*$/gm).join('\n'));
await obs.shutdown();

/** Calls these tools, and says then that it is done. */
function playedModel(...names) {
  const calls = names.map((name, index) => ({
    type: 'function_call',
    callId: `call-${index}`,
    name,
    arguments: '{"id":7}',
    status: 'completed',
  }));
  const content = [{ type: 'output_text', text: 'Done.' }];
  const answers = [calls, [{ type: 'message', role: 'assistant', status: 'completed', content }]];
  return { getResponse: async () => ({ usage: new Usage(), output: answers.shift() }) };
}
