// Calls a played OpenAI under the instrumentation of one package, and prints what was counted and sent:
// node openai-calls.mjs <package>
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { initObservability } from 'agent-os-observability';

const require = createRequire(import.meta.url);

async function listening(answer) {
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk;
    answer(body, response);
  });
  await new Promise((open) => server.listen(0, '127.0.0.1', open));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

const sent = [];
const receiver = await listening((body, response) => {
  sent.push(body);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});

const usage = { prompt_tokens: 812, completion_tokens: 64, total_tokens: 876 };
const openai = await listening((body, response) => {
  const { model, stream } = JSON.parse(body);
  const about = { id: 'answer-1', created: 1, model: `${model}-2026` };
  if (model === 'broken') return void response.writeHead(429).end('{}');
  if (!stream) {
    const message = { role: 'assistant', content: 'a secret answer' };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ ...about, object: 'chat.completion', choices, usage }));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const choices = [{ index: 0, delta: { content: 'a secret answer' }, finish_reason: 'stop' }];
  for (const part of [{ choices }, { choices: [], usage }])
    response.write(`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', ...part })}\n\n`);
  response.end('data: [DONE]\n\n');
});

const obs = initObservability({
  serviceName: 'desk',
  prometheus: { port: 0 },
  signalHandlers: false,
  otlp: { endpoint: receiver.url, protocol: 'http/json', compression: 'none' },
});
const { OpenAIInstrumentation } = require(process.argv[2]);
const instrumentation = new OpenAIInstrumentation({ captureMessageContent: true });
instrumentation.setTracerProvider(obs.tracerProvider);
instrumentation.setMeterProvider(obs.meterProvider);
instrumentation.setLoggerProvider?.(obs.loggerProvider);
const { OpenAI } = require('openai');

const client = new OpenAI({ apiKey: 'none', baseURL: `${openai.url}/v1`, maxRetries: 0 });
const messages = [{ role: 'user', content: 'a secret prompt' }];
const ask = (more) => client.chat.completions.create({ messages, model: 'model-a', ...more });
await obs.execute({ agentId: 'support-1', action: 'answer' }, async () => {
  await ask();
  const stream = await ask({ model: 'model-b', stream: true, stream_options: { include_usage: true } });
  for await (const _ of stream);
  await ask({ model: 'broken' }).catch(() => {});
});
await new Promise((resolve) => setImmediate(resolve)); // OpenInference reads a copy of the stream
const page = await obs.export();
await obs.shutdown();
receiver.server.close();
openai.server.close();
const lines = page.match(
  /^(agent_os_agent_(llm_calls|errors)_total|gen_ai_client_token_usage_sum).* [1-9]\d*$/gm,
);
console.log(JSON.stringify({ lines, sent: sent.join('\n') }));
process.exit(0);
