import type { TokenUsage } from '../instruments/index.js';
import { textAt, type EndedSpan, type GenAiSpan } from './llm-span.js';

/** Names of an attribute, the current one first, then those of other conventions and of old. */
const INPUT = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'llm.token_count.prompt',
  'llm.usage.prompt_tokens',
  'ai.usage.inputTokens',
  'ai.usage.promptTokens',
  'ai.usage.tokens',
];
const OUTPUT = [
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
  'llm.token_count.completion',
  'llm.usage.completion_tokens',
  'ai.usage.outputTokens',
  'ai.usage.completionTokens',
];
const PROVIDER = [
  'gen_ai.provider.name',
  'gen_ai.system',
  'llm.provider',
  'llm.system',
  'llm.vendor',
  'ai.model.provider',
];
const RESPONSE_MODEL = [
  'gen_ai.response.model',
  'llm.response.model_name',
  'llm.response.model',
  'ai.response.model',
];

/** The tokens of a call or an embedding; undefined where its span says nothing of them. Throws what reading it throws. */
export function tokensOf({ attributes }: EndedSpan, { kind, model }: GenAiSpan): TokenUsage | undefined {
  const input = countAt(attributes, INPUT);
  const output = countAt(attributes, OUTPUT);
  if (input === undefined && output === undefined) return undefined;
  const provider = textAt(attributes, PROVIDER);
  const responseModel = textAt(attributes, RESPONSE_MODEL);
  return {
    model,
    operation: operationOf(attributes, kind),
    ...(provider !== undefined && { provider }),
    ...(responseModel !== undefined && { responseModel }),
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: output }),
  };
}

/** By the words of OpenTelemetry, whichever convention the span follows. */
function operationOf(attributes: EndedSpan['attributes'], kind: GenAiSpan['kind']): string {
  const named = attributes['gen_ai.operation.name'];
  if (typeof named === 'string') return named;
  if (kind === 'embedding') return 'embeddings';
  return attributes['llm.request.type'] === 'completion' ? 'text_completion' : 'chat';
}

/** Some write NaN for what they do not know. */
function countAt(attributes: EndedSpan['attributes'], keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  }
  return undefined;
}
