// A host with servers and clients of the Model Context Protocol, by both generations of its SDK.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport as Transport1 } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { Client as Client2 } from '@modelcontextprotocol/client';
import { InMemoryTransport as Transport2, McpServer as McpServer2 } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { governClient, governServer, governTool } from 'agent-os-observability/frameworks/mcp';
import { assertExamplePrints, bench, policy, SECRET } from './frameworks.mjs';

const about = { name: 'desk', version: '1.0.0' };
const text = (said) => ({ content: [{ type: 'text', text: said }] });

/** Tools of these names on a server, and which of them ran. */
function withTools(server, ran, ...names) {
  for (const name of names)
    server.registerTool(name, { inputSchema: z.object({ text: z.string() }) }, async ({ text: given }) => {
      ran.push(name);
      if (name === 'readBroken') throw new RangeError('no such record');
      if (name === 'readMissing') return { ...text('not found'), isError: true };
      return text(String(given.length));
    });
  return server;
}

async function connected(server, client, Transport) {
  const [one, other] = Transport.createLinkedPair();
  await Promise.all([server.connect(one), client.connect(other)]);
  return (name) => client.callTool({ name, arguments: { text: SECRET } });
}

const NAMES = ['readTicket', 'deleteTicket', 'guess', 'brokenPolicy', 'readBroken', 'readMissing'];
const DENIED = {
  isError: true,
  content: [{ type: 'text', text: 'The tool deleteTicket was not run: a policy denies it.' }],
};

for (const [generation, McpServer, Client, Transport] of [
  ['1', McpServer1, Client1, Transport1],
  ['2', McpServer2, Client2, Transport2],
]) {
  test(`SDK ${generation}: a server runs what is allowed, and answers the rest as an error`, () =>
    bench(async ({ obs, requests, value }) => {
      const ran = [];
      const server = governServer(obs, policy, new McpServer(about), { agentId: 'desk' });
      withTools(server, ran, ...NAMES);
      const call = await connected(server, new Client(about), Transport);
      assert.equal((await call('readTicket')).content[0].text, String(SECRET.length));
      const { isError, content } = await call('deleteTicket');
      assert.deepEqual({ isError, content }, DENIED);
      for (const name of ['guess', 'brokenPolicy', 'readBroken', 'readMissing'])
        assert.equal((await call(name)).isError, true);
      assert.equal((await call('readMissing')).content[0].text, 'not found');
      assert.deepEqual(ran, ['readTicket', 'readBroken', 'readMissing', 'readMissing']);
      assert.deepEqual(await requests('readTicket'), { success: 1 });
      assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
      assert.deepEqual(await requests('guess'), { unknown: 1 });
      assert.deepEqual(await requests('brokenPolicy'), { error: 1 });
      assert.deepEqual(await requests('readBroken'), { error: 1 });
      assert.deepEqual(await requests('readMissing'), { error: 2 });
      assert.equal(
        await value('agent_os_agent_errors_total', { agent_id: 'desk', error_type: 'ToolError' }),
        2,
      );
      assert.equal(await value('agent_os_violations_total', { agent_id: 'desk', action: 'deleteTicket' }), 1);
    }));

  test(`SDK ${generation}: another handler of a tool is governed too`, () =>
    bench(async ({ obs, requests }) => {
      const server = governServer(obs, policy, new McpServer(about));
      const tool = server.registerTool('deleteTicket', {}, async () => text('first'));
      tool.update({ callback: async () => text('deleted all the same') });
      const call = await connected(server, new Client(about), Transport);
      assert.equal((await call('deleteTicket')).isError, true);
      assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
    }));

  test(`SDK ${generation}: one tool alone`, () =>
    bench(async ({ obs, requests }) => {
      const server = new McpServer(about);
      const handler = async () => text('done');
      server.registerTool('deleteTicket', {}, governTool(obs, policy, handler, { action: 'deleteTicket' }));
      server.registerTool('readTicket', {}, governTool(obs, policy, handler, { action: 'readTicket' }));
      const call = await connected(server, new Client(about), Transport);
      assert.equal((await call('deleteTicket')).isError, true);
      assert.equal((await call('readTicket')).content[0].text, 'done');
      assert.deepEqual(await requests('readTicket'), { success: 1 });
    }));

  test(`SDK ${generation}: a client sends what is allowed, and nothing else`, () =>
    bench(async ({ obs, requests }) => {
      const ran = [];
      const server = withTools(new McpServer(about), ran, ...NAMES);
      const client = governClient(obs, policy, new Client(about), { agentId: 'support-1' });
      const call = await connected(server, client, Transport);
      assert.equal((await call('readTicket')).content[0].text, String(SECRET.length));
      assert.deepEqual(await call('deleteTicket'), DENIED);
      assert.equal((await call('readMissing')).isError, true);
      assert.deepEqual(ran, ['readTicket', 'readMissing']);
      assert.deepEqual(await requests('readTicket'), { success: 1 });
      assert.deepEqual(await requests('deleteTicket'), { denied: 1 });
      assert.deepEqual(await requests('readMissing'), { error: 1 });
    }));
}

test('what wants an approval runs where somebody gives it', () =>
  bench(async ({ obs, requests, value }) => {
    const ran = [];
    const answers = [true, false];
    const server = governServer(obs, policy, new McpServer1(about), { approve: async () => answers.shift() });
    const call = await connected(withTools(server, ran, 'payInvoice'), new Client1(about), Transport1);
    await call('payInvoice');
    assert.equal(
      (await call('payInvoice')).content[0].text,
      'The tool payInvoice was not run: it was not approved.',
    );
    assert.deepEqual(ran, ['payInvoice']);
    assert.deepEqual(await requests('payInvoice'), { success: 1, denied: 1 });
    assert.equal(await value('agent_os_approvals_total', { outcome: 'approved' }), 1);
    assert.equal(await value('agent_os_approvals_total', { outcome: 'denied' }), 1);
  }));

test('the example prints what it measured', () => {
  assertExamplePrints([
    'readTicket: open',
    'deleteTicket: The tool deleteTicket was not run: a policy denies it.',
    'agent_os_requests_total{status="denied",action="deleteTicket"} 1',
    'agent_os_requests_total{status="success",action="readTicket"} 1',
    'agent_os_violations_total{severity="high",policy="tool_policy",action="deleteTicket",agent_id="desk"} 1',
  ]);
});
