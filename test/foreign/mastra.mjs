// A host whose agents are built with Mastra.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { InMemoryStore } from '@mastra/core/storage';
import { MastraLanguageModelV2Mock } from '@mastra/core/test-utils/llm-mock';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { governTool } from 'agent-os-observability/frameworks/mastra';
import { assertExamplePrints, bench, policy, SECRET } from './frameworks.mjs';

const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
const calling = (names) => [
  ...names.map((toolName, index) => ({
    type: 'tool-call',
    toolCallId: `call-${index}`,
    toolName,
    input: JSON.stringify({ text: SECRET }),
  })),
  { type: 'finish', finishReason: 'tool-calls', usage },
];
const done = [
  { type: 'text-start', id: '1' },
  { type: 'text-delta', id: '1', delta: 'Done.' },
  { type: 'text-end', id: '1' },
  { type: 'finish', finishReason: 'stop', usage },
];

/** An agent whose model calls these tools, what its model was told, and which of them ran. */
function agentWith(obs, ...names) {
  const ran = [];
  const prompts = [];
  const answers = [calling(names), done];
  const model = new MastraLanguageModelV2Mock({
    doStream: async ({ prompt }) => {
      prompts.push(JSON.stringify(prompt));
      return { stream: ReadableStream.from([{ type: 'stream-start', warnings: [] }, ...answers.shift()]) };
    },
  });
  const tools = names.map((id) => {
    const execute = async ({ text }) => {
      ran.push(id);
      if (id === 'readBroken') throw new RangeError('no such record');
      return text.length;
    };
    const inputSchema = z.object({ text: z.string() });
    return [id, governTool(obs, policy, createTool({ id, description: id, inputSchema, execute }))];
  });
  const agent = new Agent({
    id: 'support-1',
    name: 'support-1',
    instructions: 'Help.',
    model,
    tools: Object.fromEntries(tools),
  });
  new Mastra({ agents: { agent }, storage: new InMemoryStore(), logger: false });
  return { agent, ran, prompts };
}

test('what is allowed runs, and the model sees why the rest does not', () =>
  bench(async ({ obs, requests, value }) => {
    const names = ['readTicket', 'deleteTicket', 'guess', 'brokenPolicy', 'readBroken'];
    const { agent, ran, prompts } = agentWith(obs, ...names);
    const stream = await agent.stream('hello', { maxSteps: 2 });
    assert.equal(await stream.text, 'Done.');
    assert.deepEqual(ran.sort(), ['readBroken', 'readTicket']);
    assert.match(prompts[1], /deleteTicket was not run: a policy denies it/);
    assert.deepEqual(await requests('readTicket'), { success: 1 });
    assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
    assert.deepEqual(await requests('guess'), { unknown: 1 });
    assert.deepEqual(await requests('brokenPolicy'), { error: 1 });
    assert.deepEqual(await requests('readBroken'), { error: 1 });
    assert.equal(await value('agent_os_violations_total', { agent_id: 'support-1' }), 1);
    assert.equal(await value('agent_os_violations_total'), 1);
  }));

test('what wants an approval waits for it, and runs once it is given', () =>
  bench(async ({ obs, requests, value }) => {
    for (const approves of [false, true]) {
      const { agent, ran } = agentWith(obs, 'payInvoice');
      const stream = await agent.stream('hello', { maxSteps: 2 });
      let toolCallId;
      for await (const { type, payload } of stream.fullStream)
        if (type === 'tool-call-approval') toolCallId = payload.toolCallId;
      assert.ok(toolCallId, 'the agent asks');
      assert.deepEqual(ran, []);
      const { runId } = stream;
      const resumed = approves
        ? await agent.approveToolCall({ runId, toolCallId })
        : await agent.declineToolCall({ runId, toolCallId });
      assert.equal(await resumed.text, 'Done.');
      assert.deepEqual(ran, approves ? ['payInvoice'] : []);
    }
    assert.deepEqual(await requests('payInvoice'), { success: 1 });
    assert.equal(await value('agent_os_approvals_total', { outcome: 'approved', approver: 'human' }), 1);
    assert.equal(await value('agent_os_violations_total'), 0);
  }));

test('a host that calls a tool itself gets the error, and no approval by it', () =>
  bench(async ({ obs, requests }) => {
    const governed = (id) =>
      governTool(obs, policy, createTool({ id, description: id, execute: async () => 'done' }));
    assert.equal(await governed('readTicket').execute({ text: SECRET }), 'done');
    await assert.rejects(governed('deleteTicket').execute({ text: SECRET }), /a policy denies it/);
    await assert.rejects(governed('payInvoice').execute({ text: SECRET }), /it needs an approval/);
    assert.deepEqual(await requests('payInvoice'), { denied: 1 });
  }));

test('the example prints what it measured', () => {
  assertExamplePrints([
    'readTicket: open',
    'deleteTicket: The tool deleteTicket was not run: a policy denies it.',
    'Done.',
    'agent_os_requests_total{status="denied",action="deleteTicket"} 1',
    'agent_os_requests_total{status="success",action="readTicket"} 1',
    'agent_os_violations_total{severity="high",policy="tool_policy",action="deleteTicket",agent_id="support-1"} 1',
  ]);
});
