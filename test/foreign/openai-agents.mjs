// A host whose agents are built with @openai/agents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, run, setTracingDisabled, tool, Usage } from '@openai/agents';
import { z } from 'zod';
import { governGuardrail, governTool } from 'agent-os-observability/frameworks/openai-agents';
import { assertExamplePrints, bench, policy, SECRET } from './frameworks.mjs';

setTracingDisabled(true);

const callsOf = (names) =>
  names.map((name, index) => ({
    type: 'function_call',
    callId: `call-${index}`,
    name,
    arguments: JSON.stringify({ text: SECRET }),
    status: 'completed',
  }));
const done = {
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Done.' }],
};
/** Calls these tools, and says then that it is done. */
function playedModel(...names) {
  const answers = [callsOf(names), [done]];
  return { getResponse: async () => ({ usage: new Usage(), output: answers.shift() }) };
}
const optionsOf = (ran, name, more = {}) => ({
  name,
  description: name,
  parameters: z.object({ text: z.string() }),
  execute: async ({ text }) => {
    ran.push(name);
    if (name === 'readBroken') throw new RangeError('no such record');
    return text.length;
  },
  ...more,
});
const toolNamed = (...args) => tool(optionsOf(...args));
const outputs = ({ newItems }) =>
  Object.fromEntries(
    newItems
      .filter(({ type }) => type === 'tool_call_output_item')
      .map(({ rawItem, output }) => [rawItem.name, output]),
  );

test('what is allowed runs, and the model sees why the rest does not', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const names = ['readTicket', 'deleteTicket', 'guess', 'brokenPolicy', 'readBroken'];
    const tools = names.map((name) => tool(governTool(obs, policy, optionsOf(ran, name))));
    const agent = new Agent({ name: 'desk', model: playedModel(...names), tools });
    const result = await run(agent, 'hello', { context: { agentId: 'support-1' } });
    assert.equal(result.finalOutput, 'Done.');
    const { readTicket, readBroken, ...refused } = outputs(result);
    assert.equal(readTicket, SECRET.length);
    assert.match(readBroken, /An error occurred/);
    assert.deepEqual(refused, {
      deleteTicket: 'The tool deleteTicket was not run: a policy denies it.',
      guess: 'The tool guess was not run: no policy decision allows it.',
      brokenPolicy: 'The tool brokenPolicy was not run: its policy could not be asked.',
    });
    assert.deepEqual(ran, ['readTicket', 'readBroken']);
    assert.deepEqual(await requests('readTicket'), { success: 1 });
    assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
    assert.deepEqual(await requests('guess'), { unknown: 1 });
    assert.deepEqual(await requests('brokenPolicy'), { error: 1 });
    assert.deepEqual(await requests('readBroken'), { error: 1 });
    assert.equal(await value('agent_os_agent_errors_total', { error_type: 'RangeError' }), 1);
    assert.equal(await value('agent_os_violations_total', { agent_id: 'support-1' }), 1);
    assert.equal(await value('agent_os_violations_total'), 1);
    assert.equal(await value('agent_os_policy_decisions_total'), 4, 'no call is decided twice');
  }));

test('a tool that is made already is governed too', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const names = ['readTicket', 'deleteTicket'];
    const tools = names.map((name) => governTool(obs, policy, toolNamed(ran, name)));
    const agent = new Agent({ name: 'desk', model: playedModel(...names), tools });
    const { readTicket, deleteTicket } = outputs(await run(agent, 'hello'));
    assert.equal(readTicket, SECRET.length);
    assert.equal(deleteTicket, 'The tool deleteTicket was not run: a policy denies it.');
    assert.deepEqual([ran, await requests('readTicket')], [['readTicket'], { success: 1 }]);
    assert.equal(await value('agent_os_policy_decisions_total'), 2);
  }));

test('what wants an approval interrupts the run, and runs once it is given', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const start = (...answers) => {
      const model = { getResponse: async () => ({ usage: new Usage(), output: answers.shift() }) };
      const tools = [governTool(obs, policy, toolNamed(ran, 'payInvoice'))];
      return new Agent({ name: 'desk', model, tools });
    };
    for (const approves of [false, true]) {
      const agent = start(callsOf(['payInvoice']), [done]);
      const result = await run(agent, 'hello');
      assert.equal(result.interruptions.length, 1);
      assert.deepEqual(ran, []);
      if (approves) result.state.approve(result.interruptions[0]);
      else result.state.reject(result.interruptions[0]);
      assert.equal((await run(agent, result.state)).finalOutput, 'Done.');
    }
    assert.deepEqual([ran, await requests('payInvoice')], [['payInvoice'], { success: 1 }]);
    assert.equal(await value('agent_os_approvals_total', { outcome: 'approved', approver: 'human' }), 1);
    assert.equal(await value('agent_os_violations_total'), 0);
  }));

test('the guardrail denies in the form of the SDK', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const names = ['readTicket', 'deleteTicket', 'brokenPolicy'];
    const inputGuardrails = [governGuardrail(obs, policy)];
    const tools = names.map((name) => toolNamed(ran, name, { inputGuardrails }));
    const agent = new Agent({ name: 'desk', model: playedModel(...names), tools });
    const result = await run(agent, 'hello');
    assert.deepEqual(ran, ['readTicket']);
    assert.equal(outputs(result).deleteTicket, 'The tool deleteTicket was not run: a policy denies it.');
    assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
    assert.deepEqual(await requests('brokenPolicy'), { error: 1 });
    assert.equal(await value('agent_os_violations_total', { agent_id: 'desk' }), 1, 'the agent is named');
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
