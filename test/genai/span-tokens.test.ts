import { SpanStatusCode } from '@opentelemetry/api';
import { genAiSpanOf } from '../../src/genai/llm-span.js';
import { tokensOf } from '../../src/genai/span-tokens.js';

function read(attributes: Record<string, unknown>) {
  const span = { attributes, status: { code: SpanStatusCode.UNSET }, duration: [1, 0] as [number, number] };
  return tokensOf(span, genAiSpanOf(span)!);
}

it.each<[string, Record<string, unknown>, object]>([
  [
    'the convention',
    {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm-1',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
    },
    {
      operation: 'generate_content',
      provider: 'gcp.gemini',
      model: 'm',
      responseModel: 'm-1',
      inputTokens: 10,
      outputTokens: 5,
    },
  ],
  [
    'the convention of old',
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.usage.prompt_tokens': 10,
      'gen_ai.usage.completion_tokens': 5,
    },
    { operation: 'chat', provider: 'openai', model: 'unknown', inputTokens: 10, outputTokens: 5 },
  ],
  [
    'AI SDK 6',
    {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.id': 'm',
      'ai.model.provider': 'mock',
      'ai.response.model': 'm-1',
      'ai.usage.inputTokens': 10,
      'ai.usage.outputTokens': 5,
    },
    {
      operation: 'chat',
      provider: 'mock',
      model: 'm',
      responseModel: 'm-1',
      inputTokens: 10,
      outputTokens: 5,
    },
  ],
  [
    'AI SDK of old',
    {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.id': 'm',
      'ai.usage.promptTokens': 10,
      'ai.usage.completionTokens': NaN,
    },
    { operation: 'chat', model: 'm', inputTokens: 10 },
  ],
  [
    'AI SDK, an embedding',
    { 'ai.operationId': 'ai.embed.doEmbed', 'ai.model.id': 'm', 'ai.usage.tokens': 10 },
    { operation: 'embeddings', model: 'm', inputTokens: 10 },
  ],
  [
    'OpenInference',
    {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'm',
      'llm.provider': 'azure',
      'llm.system': 'openai',
      'llm.token_count.prompt': 10,
      'llm.token_count.completion': 5,
    },
    { operation: 'chat', provider: 'azure', model: 'm', inputTokens: 10, outputTokens: 5 },
  ],
  [
    'OpenLLMetry',
    {
      'llm.request.type': 'completion',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'm',
      'llm.usage.prompt_tokens': 10,
      'llm.usage.completion_tokens': 0,
    },
    { operation: 'text_completion', provider: 'OpenAI', model: 'm', inputTokens: 10, outputTokens: 0 },
  ],
])('%s', (_, attributes, usage) => {
  expect(read(attributes)).toEqual(usage);
});

it.each([{}, { 'gen_ai.usage.input_tokens': '10' }, { 'gen_ai.usage.output_tokens': -1 }])(
  'a call with %p says nothing of its tokens',
  (more) => {
    expect(read({ 'gen_ai.operation.name': 'chat', ...more })).toBeUndefined();
  },
);
