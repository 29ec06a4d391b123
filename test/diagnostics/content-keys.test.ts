import { isContentKey } from '../../src/diagnostics/content-keys.js';
import { installRedaction } from '../../src/diagnostics/redaction.js';
import { shownInEvent, shownLogValue, shownValue } from '../../src/diagnostics/shown-text.js';

it.each([
  'gen_ai.prompt',
  'gen_ai.prompt.0.content',
  'gen_ai.completion.0.tool_calls.0.arguments',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'ai.prompt',
  'ai.prompt.messages',
  'ai.response.text',
  'ai.response.toolCalls',
  'ai.toolCall.args',
  'ai.toolCall.result',
  'llm.input_messages.0.message.content',
  'llm.output_messages.0.message.content',
  'llm.prompts.0.user',
  'input.value',
  'output.value',
  'traceloop.entity.input',
  'traceloop.entity.output',
])('%s holds content', (key) => {
  expect(isContentKey(key)).toBe(true);
  expect(shownValue(key, 'hello')).toBe('***');
  expect(shownValue(key, ['hello'])).toBe('***');
});

it.each([
  'gen_ai.usage.prompt_tokens',
  'gen_ai.request.model',
  'gen_ai.tool.call.id',
  'gen_ai.prompts',
  'ai.response.finishReason',
  'ai.model.id',
  'llm.token_count.prompt',
  'llm.model_name',
  'traceloop.entity.name',
  'input.value_count',
  'my.gen_ai.prompt',
  'agent_os.reason',
])('%s holds none', (key) => {
  expect(isContentKey(key)).toBe(false);
  expect(shownValue(key, 'hello')).toBe('hello');
});

it.each([
  ['gen_ai.user.message', 'content', true],
  ['gen_ai.choice', 'message', true],
  ['gen_ai.choice', 'finish_reason', false],
  ['gen_ai.choice', 'gen_ai.system', false],
  ['gen_ai.content.prompt', 'gen_ai.event.content', true],
  ['of.the.host', 'gen_ai.prompt', true],
  ['of.the.host', 'content', false],
])('of the event %s, %s is content: %p', (event, key, is) => {
  expect(shownInEvent(event, key, 'hello')).toBe(is ? '***' : 'hello');
  expect(shownLogValue(event, key, 'hello')).toBe(is ? '***' : 'hello');
});

it('content is shown where it is captured, as the redaction of the host leaves it', () => {
  const redact = (text: string) => text.replace('Ann', '***');
  const takeBack = installRedaction({ exceptions: 'type', captureContent: true, redact });
  expect(shownValue('gen_ai.prompt.0.content', 'I am Ann')).toBe('I am ***');
  takeBack();
});

it('many keys cost no memory', () => {
  for (let number = 0; number < 6000; number++) isContentKey(`key.${number}`);
  expect(isContentKey('gen_ai.prompt')).toBe(true);
});
