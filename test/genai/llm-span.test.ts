import { SpanStatusCode } from '@opentelemetry/api';
import { genAiSpanOf } from '../../src/genai/llm-span.js';

const read = (attributes: Record<string, unknown>, code = SpanStatusCode.UNSET) =>
  genAiSpanOf({ attributes, status: { code }, duration: [1, 500_000_000] });

describe('what each instrumentation says', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'the convention',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'model-a' },
      'call',
      'model-a',
    ],
    [
      'only an answer',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': 'model-b' },
      'call',
      'model-b',
    ],
    ['AI SDK 6, inside', { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.id': 'm' }, 'call', 'm'],
    ['AI SDK 6, a stream', { 'ai.operationId': 'ai.streamText.doStream', 'ai.model.id': 'm' }, 'call', 'm'],
    ['AI SDK 6, around', { 'ai.operationId': 'ai.generateText', 'ai.model.id': 'm' }, 'part', 'm'],
    ['AI SDK 6, a tool', { 'ai.operationId': 'ai.toolCall' }, 'part', 'unknown'],
    ['AI SDK 6, embedding', { 'ai.operationId': 'ai.embed.doEmbed', 'ai.model.id': 'm' }, 'embedding', 'm'],
    ['AI SDK 7, around', { 'gen_ai.operation.name': 'invoke_agent' }, 'agent', 'unknown'],
    ['AI SDK 7, a step', { 'gen_ai.operation.name': 'agent_step' }, 'part', 'unknown'],
    ['OpenInference', { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm' }, 'call', 'm'],
    ['OpenInference, agent', { 'openinference.span.kind': 'AGENT' }, 'agent', 'unknown'],
    ['OpenInference, chain', { 'openinference.span.kind': 'CHAIN' }, 'part', 'unknown'],
    ['OpenLLMetry', { 'llm.request.type': 'chat', 'gen_ai.request.model': 'm' }, 'call', 'm'],
    ['OpenLLMetry, old', { 'llm.request.type': 'completion', 'gen_ai.request.model': 'm' }, 'call', 'm'],
    ['OpenLLMetry, workflow', { 'traceloop.span.kind': 'workflow' }, 'part', 'unknown'],
    ['OpenLLMetry, agent', { 'traceloop.span.kind': 'agent' }, 'agent', 'unknown'],
  ])('%s', (_, attributes, kind, model) => {
    expect(read(attributes)).toMatchObject({ kind, model, errorType: undefined, durationSeconds: 1.5 });
  });
});

it.each([{}, { 'http.request.method': 'GET' }, { 'gen_ai.request.model': 'm' }])(
  '%p is about no call',
  (attributes) => {
    expect(read(attributes)).toBeUndefined();
  },
);

it('what failed has a type, or is unknown', () => {
  const call = { 'gen_ai.operation.name': 'chat' };
  expect(read(call, SpanStatusCode.ERROR)?.errorType).toBe('unknown');
  expect(read({ ...call, 'error.type': '429' })?.errorType).toBe('429');
});
