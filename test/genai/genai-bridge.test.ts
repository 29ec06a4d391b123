import { context, SpanStatusCode, trace, type Attributes, type Tracer } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { genAiBridge } from '../../src/genai/genai-bridge.js';
import { expectMetric } from '../../src/testing/index.js';
import { callBench, type CallBench } from '../calls/support.js';

const CALLS = 'agent_os_agent_llm_calls_total';
let bench: CallBench;
let tracer: Tracer;
beforeEach(() => {
  bench = callBench();
  const spanProcessors = [genAiBridge(bench.obs) as never];
  tracer = new BasicTracerProvider({ spanProcessors }).getTracer('host');
});
afterEach(() => bench.obs.shutdown());

/** A tree of spans, by name of what stands for it; the inner ones end first. */
function spans(attributes: Attributes, inside?: () => void, fails = false): void {
  const span = tracer.startSpan('span', { attributes });
  context.with(trace.setSpan(context.active(), span), () => inside?.());
  if (fails) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
const chat = (more: Attributes = {}): Attributes => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'model-a',
  ...more,
});

it('counts a call by the agent that its span names', async () => {
  spans(chat({ 'gen_ai.agent.id': 'support-1' }));
  expect(await bench.counted(CALLS)).toEqual({ [`${CALLS} agent_id=support-1,model=model-a`]: 1 });
});

it('finds the agent in the spans around, that of the kernel before all others', async () => {
  spans({ 'agent.id': 'support-1' }, () =>
    spans({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'summary' }, () => spans(chat())),
  );
  spans({ 'openinference.span.kind': 'AGENT', 'agent.name': 'writer' }, () => spans(chat()));
  expect(await bench.counted(CALLS)).toEqual({
    [`${CALLS} agent_id=support-1,model=model-a`]: 1,
    [`${CALLS} agent_id=writer,model=model-a`]: 1,
  });
});

it('counts a call once, whoever else says that it is one', async () => {
  spans(chat(), () => spans({ 'http.request.method': 'POST' }, () => spans(chat())));
  expect(await bench.counted(CALLS)).toEqual({ [`${CALLS} agent_id=unknown,model=model-a`]: 1 });
});

it('counts each of several calls of one outer span', async () => {
  spans({ 'ai.operationId': 'ai.generateText' }, () => {
    for (const _ of [1, 2]) spans({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.id': 'm' });
  });
  expect(await bench.counted(CALLS)).toEqual({ [`${CALLS} agent_id=unknown,model=m`]: 2 });
});

it('counts what failed, and how long agents ran', async () => {
  spans(
    { 'gen_ai.operation.name': 'invoke_agent' },
    () => spans(chat({ 'error.type': '429' }), undefined, true),
    true,
  );
  spans({ 'gen_ai.operation.name': 'invoke_agent' });
  const names = ['agent_os_agent_errors_total', 'agent_os_agent_execution_duration_seconds'];
  expect(await bench.counted(...names)).toEqual({
    'agent_os_agent_errors_total agent_id=unknown,error_type=429': 1,
    'agent_os_agent_execution_duration_seconds status=error': 1,
    'agent_os_agent_execution_duration_seconds status=success': 1,
  });
});

it('an embedding is no call of a language model', async () => {
  spans({ 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'm' });
  expect(await bench.counted(CALLS)).toEqual({});
});

const TOKENS = 'gen_ai_client_token_usage';
const used = { 'gen_ai.usage.input_tokens': 812, 'gen_ai.usage.output_tokens': 64 };
const tokensOf = async () =>
  (await bench.obs.series())
    .filter(({ name }) => name === TOKENS)
    .map(({ labels, value, count }) => [labels['gen_ai_token_type'], value, count]);

it('measures the tokens of a call by what its span says of it', async () => {
  spans(chat({ ...used, 'gen_ai.provider.name': 'openai', 'gen_ai.response.model': 'model-a-2026' }));
  const labels = {
    gen_ai_operation_name: 'chat',
    gen_ai_provider_name: 'openai',
    gen_ai_request_model: 'model-a',
    gen_ai_response_model: 'model-a-2026',
  };
  await expectMetric(bench.obs, TOKENS, { ...labels, gen_ai_token_type: 'input' }, 1);
  await expectMetric(bench.obs, TOKENS, { ...labels, gen_ai_token_type: 'output' }, 1);
  expect(await tokensOf()).toEqual([
    ['input', 812, 1],
    ['output', 64, 1],
  ]);
});

it('measures no token twice, whoever around the call says them again', async () => {
  spans({ 'gen_ai.operation.name': 'invoke_agent', ...used }, () =>
    spans(chat(used), () => spans(chat(used))),
  );
  expect(await tokensOf()).toEqual([
    ['input', 812, 1],
    ['output', 64, 1],
  ]);
  expect(await bench.counted(CALLS)).toEqual({ [`${CALLS} agent_id=unknown,model=model-a`]: 1 });
});

it('leaves the tokens to an instrumentation that measures them itself, by the same name on the page', async () => {
  const meter = bench.obs.meterProvider.getMeter('host');
  meter
    .createHistogram('gen_ai.client.token.usage', { unit: '{token}' })
    .record(812, { 'gen_ai.token.type': 'input', 'gen_ai.system': 'openai' });
  spans(chat(used));
  const page = await bench.obs.export();
  expect(page.match(/^gen_ai_client_token_usage_sum.*$/gm)).toEqual([
    'gen_ai_client_token_usage_sum{gen_ai_system="openai",gen_ai_token_type="input"} 812',
  ]);
  expect(await bench.counted(CALLS)).toEqual({ [`${CALLS} agent_id=unknown,model=model-a`]: 1 });
});

it('measures what only a span around the call knows, and no tokens of an agent', async () => {
  spans({ 'gen_ai.operation.name': 'invoke_agent', ...used }, () => spans(chat(used), () => spans(chat())));
  spans({ 'gen_ai.operation.name': 'invoke_agent', ...used });
  expect(await tokensOf()).toEqual([
    ['input', 812, 1],
    ['output', 64, 1],
  ]);
});

it('never throws, and has nothing to deliver', async () => {
  const processor = genAiBridge(bench.obs);
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('not to be read');
      },
    },
  );
  expect(() => processor.onStart(hostile, hostile as never)).not.toThrow();
  expect(() => processor.onEnd(hostile)).not.toThrow();
  await processor.forceFlush();
  await processor.shutdown();
});
