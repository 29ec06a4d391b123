// A call that goes through three hands: AI SDK 7, a governed tool, and an MCP server in another process.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { OpenTelemetry } from '@ai-sdk/otel';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { generateText, isStepCount, jsonSchema, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { initObservability } from 'agent-os-observability';
import { governTools } from 'agent-os-observability/frameworks/ai-sdk';
import { governClient } from 'agent-os-observability/frameworks/mcp';

/** Keeps the spans that both processes send, with the name of the service. */
async function receiver() {
  const spans = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans = [] } = JSON.parse(Buffer.concat(chunks).toString());
      for (const { resource, scopeSpans } of resourceSpans) {
        const named = resource.attributes.find(({ key }) => key === 'service.name');
        for (const { spans: some } of scopeSpans)
          spans.push(...some.map((span) => ({ ...span, service: named.value.stringValue })));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { spans, server, endpoint: `http://127.0.0.1:${server.address().port}` };
}

function ask(obs, tools) {
  const usage = { inputTokens: { total: 10 }, outputTokens: { total: 5 } };
  const finish = (unified) => ({ unified, raw: undefined });
  const call = { type: 'tool-call', toolCallId: 'call-1', toolName: 'ticket', input: '{}' };
  const answers = [
    { content: [call], finishReason: finish('tool-calls'), usage, warnings: [] },
    { content: [{ type: 'text', text: 'Open.' }], finishReason: finish('stop'), usage, warnings: [] },
  ];
  const doGenerate = async () => answers.shift();
  const tracer = obs.tracerProvider.getTracer('gen_ai');
  return generateText({
    model: new MockLanguageModelV4({ modelId: 'model-a', provider: 'mock', doGenerate }),
    prompt: 'What about the ticket?',
    tools,
    stopWhen: isStepCount(2),
    telemetry: { functionId: 'desk', integrations: [new OpenTelemetry({ tracer })] },
  });
}

/** Whether the client is ended before the spans are looked at, so that the server has sent its own. */
async function closed(client, transport) {
  const gone = new Promise((resolve) => (transport.onclose = resolve));
  await client.close();
  await gone;
}

test('is one trace, from the model to the database behind the MCP server', async () => {
  const { spans, server, endpoint } = await receiver();
  const obs = initObservability({
    serviceName: 'desk',
    prometheus: false,
    signalHandlers: false,
    otlp: { endpoint, protocol: 'http/json', compression: 'none' },
  });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['ticket-server.mjs', endpoint],
    stderr: 'inherit',
  });
  const client = governClient(obs, () => 'allow', new Client({ name: 'desk', version: '1.0.0' }), {
    agentId: 'desk',
  });
  await client.connect(transport);
  const ticket = tool({
    inputSchema: jsonSchema({ type: 'object' }),
    execute: async () => (await client.callTool({ name: 'readTicket' })).content[0].text,
  });
  const { text } = await ask(
    obs,
    governTools(obs, () => 'allow', { ticket }, { agentId: 'desk' }),
  );
  assert.equal(text, 'Open.');
  await closed(client, transport);
  await obs.shutdown();
  server.close();

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const chain = [];
  const last = spans.find(({ name }) => name === 'database.read');
  for (let span = last; span !== undefined; span = byId.get(span.parentSpanId)) chain.unshift(span);
  const toolOf = ({ attributes = [] }) =>
    attributes.find(({ key }) => key === 'gen_ai.tool.name')?.value.stringValue;
  assert.deepEqual(
    chain
      .filter(({ name }) => /^kernel|^database/.test(name))
      .map((span) => [span.service, span.name, toolOf(span)]),
    [
      ['desk', 'kernel.execute', 'ticket'],
      ['desk', 'kernel.execute', 'readTicket'],
      ['tickets', 'kernel.execute', 'readTicket'],
      ['tickets', 'database.read', undefined],
    ],
  );
  assert.equal(new Set(chain.map(({ traceId }) => traceId)).size, 1);
  assert.ok(!chain[0].parentSpanId, 'nothing of the chain is missing');
  assert.match(chain[0].name, /^invoke_agent/);
});
