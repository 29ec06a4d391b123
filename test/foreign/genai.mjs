// The spans of the AI SDK 7: what is counted of them, and what leaves the process.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, isStepCount, jsonSchema, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { initObservability } from 'agent-os-observability';

const usage = { inputTokens: { total: 10 }, outputTokens: { total: 5 } };
const SECRETS = ['a secret prompt', 'a secret argument', 'a secret result', 'a secret answer'];
const [prompt, argument, output, text] = SECRETS;

function answer(obs, { fails = false } = {}) {
  const tracer = obs.tracerProvider.getTracer('gen_ai');
  const call = {
    type: 'tool-call',
    toolCallId: 'call-1',
    toolName: 'search',
    input: JSON.stringify({ argument }),
  };
  const finish = (unified) => ({ unified, raw: undefined });
  const answers = [
    { content: [call], finishReason: finish('tool-calls'), usage, warnings: [] },
    { content: [{ type: 'text', text }], finishReason: finish('stop'), usage, warnings: [] },
  ];
  const doGenerate = async () => {
    if (fails) throw new RangeError('over the limit');
    return answers.shift();
  };
  return generateText({
    model: new MockLanguageModelV4({ modelId: 'model-a', provider: 'mock', doGenerate }),
    prompt,
    maxRetries: 0,
    tools: { search: tool({ inputSchema: jsonSchema({ type: 'object' }), execute: async () => output }) },
    stopWhen: isStepCount(2),
    telemetry: { functionId: 'summary', integrations: [new OpenTelemetry({ tracer })] },
  });
}

/** Runs with a receiver of spans; what it was sent, as text. */
async function sent(options, run) {
  const bodies = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk) => bodies.push(chunk));
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const obs = initObservability({
    serviceName: 'desk',
    prometheus: { port: 0 },
    signalHandlers: false,
    otlp: { endpoint, protocol: 'http/json', compression: 'none' },
    ...options,
  });
  try {
    await run(obs);
  } finally {
    await obs.shutdown();
    server.close();
  }
  return bodies.join('');
}
const lines = async (obs, name) =>
  (await obs.export()).split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'));

test('each call of a model is counted once, by the agent of the kernel', async () => {
  await sent({}, async (obs) => {
    await obs.execute({ agentId: 'support-1', action: 'answer' }, () => answer(obs));
    assert.deepEqual(await lines(obs, 'agent_os_agent_llm_calls_total'), [
      'agent_os_agent_llm_calls_total{model="model-a",agent_id="support-1"} 2',
    ]);
    assert.deepEqual(await lines(obs, 'agent_os_agent_execution_duration_seconds_count'), [
      'agent_os_agent_execution_duration_seconds_count{status="success"} 1',
    ]);
    assert.deepEqual(await lines(obs, 'agent_os_agent_errors_total'), []);
  });
});

test('without a kernel around it the agent is the one that the SDK names', async () => {
  await sent({}, async (obs) => {
    await answer(obs);
    assert.deepEqual(await lines(obs, 'agent_os_agent_llm_calls_total'), [
      'agent_os_agent_llm_calls_total{model="model-a",agent_id="summary"} 2',
    ]);
  });
});

test('a call that fails is an error of the agent', async () => {
  await sent({}, async (obs) => {
    await assert.rejects(answer(obs, { fails: true }));
    assert.equal((await lines(obs, 'agent_os_agent_llm_calls_total')).length, 1);
    assert.equal((await lines(obs, 'agent_os_agent_errors_total')).length, 1);
  });
});

test('nothing of prompts and answers leaves the process', async () => {
  const body = await sent({}, (obs) => answer(obs));
  assert.match(body, /gen_ai\.input\.messages/);
  for (const secret of SECRETS) assert.ok(!body.includes(secret), secret);
});

test('it does where content is captured', async () => {
  const body = await sent({ captureContent: true }, (obs) => answer(obs));
  for (const secret of SECRETS) assert.ok(body.includes(secret), secret);
});

test('without the bridge nothing is counted', async () => {
  await sent({ genAiBridge: false }, async (obs) => {
    await answer(obs);
    assert.deepEqual(await lines(obs, 'agent_os_agent_llm_calls_total'), []);
  });
});
