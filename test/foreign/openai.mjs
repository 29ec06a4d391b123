// Instrumentations of the OpenAI library by three hands: what is counted of their spans, and what leaves the process.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const TOKENS = /^gen_ai_client_token_usage_sum\{(.*)\} (\d+)$/;

function called(instrumentation) {
  const printed = execFileSync(process.execPath, ['openai-calls.mjs', instrumentation], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const { lines, sent } = JSON.parse(printed.trim().split('\n').at(-1));
  const tokens = lines.flatMap((line) => {
    const [, labels, value] = TOKENS.exec(line) ?? [];
    if (labels === undefined) return [];
    const label = (name) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1];
    return [[label('gen_ai_request_model'), label('gen_ai_token_type'), Number(value)].join(' ')];
  });
  return { tokens: tokens.sort(), others: lines.filter((line) => !TOKENS.test(line)).sort(), sent };
}

// Only the first puts the usage of a stream on its span, and ends that of a call that fails. It also measures the tokens
// itself, and logs what was said as events. OpenInference names the model that answered.
for (const [instrumentation, tokens, models, more = []] of [
  [
    '@opentelemetry/instrumentation-openai',
    ['model-a input 812', 'model-a output 64', 'model-b input 812', 'model-b output 64'],
    ['broken', 'model-a', 'model-b'],
    ['agent_os_agent_errors_total{error_type="RateLimitError",agent_id="support-1"} 1'],
  ],
  ['@traceloop/instrumentation-openai', ['model-a input 812', 'model-a output 64'], ['model-a', 'model-b']],
  [
    '@arizeai/openinference-instrumentation-openai',
    ['model-a-2026 input 812', 'model-a-2026 output 64'],
    ['model-a-2026', 'model-b'],
  ],
]) {
  test(`${instrumentation}: each call is counted once, with its tokens, and no word of it is sent`, () => {
    const { tokens: measured, others, sent } = called(instrumentation);
    assert.deepEqual(measured, tokens);
    const counted = (model) => `agent_os_agent_llm_calls_total{model="${model}",agent_id="support-1"} 1`;
    assert.deepEqual(others, [...more, ...models.map(counted)]);
    assert.match(sent, /model-a/, 'spans arrived');
    if (more.length > 0) assert.match(sent, /gen_ai\.choice/, 'and events');
    assert.ok(!sent.includes('a secret'), 'no content is sent');
  });
}
