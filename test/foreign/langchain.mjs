// A host whose agents are built with LangChain and LangGraph.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, interrupt, MemorySaver } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { AIMessage, createAgent, FakeToolCallingModel, tool } from 'langchain';
import { z } from 'zod';
import { governMiddleware, governTool, ToolDeniedError } from 'agent-os-observability/frameworks/langchain';
import { assertExamplePrints, bench, policy, SECRET } from './frameworks.mjs';

const callsOf = (names) =>
  names.map((name, index) => ({ name, args: { text: SECRET }, id: `call-${index}`, type: 'tool_call' }));
const hello = { messages: [{ role: 'user', content: 'hello' }] };
const model = (...names) => new FakeToolCallingModel({ toolCalls: [callsOf(names), []] });

function toolNamed(ran, name, more = {}) {
  const run = async ({ text }) => {
    ran.push(name);
    if (name === 'readBroken') throw new RangeError('no such record');
    return more.responseFormat ? [String(text.length), { whole: true }] : String(text.length);
  };
  return tool(run, { name, description: name, schema: z.object({ text: z.string() }), ...more });
}
const toolMessages = (messages) =>
  messages.filter(({ type }) => type === 'tool').map(({ name, content, status }) => [name, content, status]);

const NAMES = ['readTicket', 'deleteTicket', 'guess', 'brokenPolicy'];
const EXPECTED = [
  ['readTicket', String(SECRET.length), 'success'],
  ['deleteTicket', 'The tool deleteTicket was not run: a policy denies it.', 'error'],
  ['guess', 'The tool guess was not run: no policy decision allows it.', 'error'],
  ['brokenPolicy', 'The tool brokenPolicy was not run: its policy could not be asked.', 'error'],
];

async function assertCounted({ requests, value }) {
  assert.deepEqual(await requests('readTicket'), { success: 1 });
  assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
  assert.deepEqual(await requests('guess'), { unknown: 1 });
  assert.deepEqual(await requests('brokenPolicy'), { error: 1 });
  assert.equal(
    await value('agent_os_violations_total', { agent_id: 'support-1', action: 'deleteTicket' }),
    1,
  );
}

test('an agent runs what is allowed, and its model sees why the rest does not', () =>
  bench(async (on) => {
    const ran = [];
    const tools = NAMES.map((name) => governTool(on.obs, policy, toolNamed(ran, name)));
    const agent = createAgent({
      model: model(...NAMES),
      tools,
      contextSchema: z.object({ agentId: z.string() }),
    });
    const { messages } = await agent.invoke(hello, { context: { agentId: 'support-1' } });
    assert.deepEqual(toolMessages(messages), EXPECTED);
    assert.deepEqual(ran, ['readTicket']);
    await assertCounted(on);
  }));

test('so does the tool node of LangGraph', () =>
  bench(async (on) => {
    const ran = [];
    const tools = NAMES.map((name) =>
      governTool(on.obs, policy, toolNamed(ran, name), { agentId: 'support-1' }),
    );
    const node = new ToolNode(tools);
    const { messages } = await node.invoke({
      messages: [new AIMessage({ content: '', tool_calls: callsOf(NAMES) })],
    });
    assert.deepEqual(toolMessages(messages), EXPECTED);
    await assertCounted(on);
  }));

test('a middleware governs all tools of an agent', () =>
  bench(async (on) => {
    const ran = [];
    const tools = NAMES.map((name) => toolNamed(ran, name));
    const middleware = [governMiddleware(on.obs, policy, { agentId: 'support-1' })];
    const { messages } = await createAgent({ model: model(...NAMES), tools, middleware }).invoke(hello);
    assert.deepEqual(toolMessages(messages), EXPECTED);
    assert.deepEqual(ran, ['readTicket']);
    await assertCounted(on);
  }));

test('a host that calls a tool itself gets the error', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const governed = (name, more) => governTool(obs, policy, toolNamed(ran, name, more));
    assert.equal(await governed('readTicket').invoke({ text: SECRET }), String(SECRET.length));
    await assert.rejects(governed('deleteTicket').invoke({ text: SECRET }), ToolDeniedError);
    await assert.rejects(governed('readBroken').invoke({ text: SECRET }), RangeError);
    assert.deepEqual(await requests('readBroken'), { error: 1 });
    assert.equal(await value('agent_os_agent_errors_total', { error_type: 'RangeError' }), 1);
  }));

test('a tool with an artifact is denied in that form', () =>
  bench(async ({ obs }) => {
    const responseFormat = 'content_and_artifact';
    const [call] = callsOf(['deleteTicket']);
    const denied = await governTool(obs, policy, toolNamed([], 'deleteTicket', { responseFormat })).invoke(
      call,
    );
    assert.deepEqual(toolMessages([denied]), [EXPECTED[1]]);
    const [other] = callsOf(['readTicket']);
    const read = await governTool(obs, policy, toolNamed([], 'readTicket', { responseFormat })).invoke(other);
    assert.deepEqual(read.artifact, { whole: true });
  }));

test('what wants an approval interrupts the graph, and runs once it is given', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const approve = ({ action }) => interrupt({ action }) === true;
    for (const [approves, content] of [
      [false, 'The tool payInvoice was not run: it was not approved.'],
      [true, String(SECRET.length)],
    ]) {
      const tools = [governTool(obs, policy, toolNamed(ran, 'payInvoice'), { approve })];
      const checkpointer = new MemorySaver();
      const agent = createAgent({ model: model('payInvoice'), tools, checkpointer });
      const thread = { configurable: { thread_id: String(approves) } };
      const paused = await agent.invoke(hello, thread);
      assert.deepEqual(paused.__interrupt__[0].value, { action: 'payInvoice' });
      const { messages } = await agent.invoke(new Command({ resume: approves }), thread);
      assert.deepEqual(toolMessages(messages), [['payInvoice', content, approves ? 'success' : 'error']]);
    }
    assert.deepEqual([ran, await requests('payInvoice')], [['payInvoice'], { success: 1, denied: 1 }]);
    assert.equal(
      await value('agent_os_approvals_requested_total'),
      2,
      'one a call, however often it is replayed',
    );
    assert.equal(await value('agent_os_approvals_total', { outcome: 'approved' }), 1);
    assert.equal(await value('agent_os_approvals_total', { outcome: 'denied' }), 1);
  }));

test('the example prints what it measured', () => {
  assertExamplePrints([
    'readTicket: open',
    'deleteTicket: The tool deleteTicket was not run: a policy denies it. (error)',
    'agent_os_requests_total{status="denied",action="deleteTicket"} 1',
    'agent_os_requests_total{status="success",action="readTicket"} 1',
    'agent_os_violations_total{severity="high",policy="tool_policy",action="deleteTicket",agent_id="support-1"} 1',
  ]);
});
