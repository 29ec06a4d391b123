import type { LogValue } from '../common/host-types.js';

/**
 * Attributes and events of whatever instrumentation that hold what a model or a tool was given or has answered, by the
 * conventions of OpenTelemetry, old and new, and of the AI SDK, OpenLLMetry and OpenInference. What ends with a dot has
 * parts, as `gen_ai.prompt.0.content`.
 */
const CONTENT = new RegExp(
  '^(' +
    [
      String.raw`gen_ai\.(prompt|completion|content|input\.messages|output\.messages|system_instructions)`,
      String.raw`gen_ai\.(tool\.call\.(arguments|result)|tool\.definitions|choice|retrieval\.(documents|query))`,
      String.raw`gen_ai\.((system|user|assistant|tool)\.message|event\.content|client\.inference\.operation\.details)`,
      String.raw`ai\.(prompt|response\.(text|object|toolCalls|reasoning|files)|toolCall\.(args|result))`,
      String.raw`ai\.(value|values|embedding|embeddings|documents|request\.text|schema|decision|settings\.context)`,
      String.raw`llm\.(input_messages|output_messages|prompts?|completions?|prompt_template|tools|function_call)`,
      String.raw`traceloop\.entity\.(input|output)|(input|output)\.value|message\.(content|contents|tool_calls)`,
      String.raw`tool\.parameters|tool_call\.function|retrieval\.documents|reranker\.(query|input_documents|output_documents)`,
      String.raw`embedding\.(text|vector|embeddings)`,
    ].join('|') +
    String.raw`)(\.|$)`,
);

/** Keys met lately: most spans have the same ones. */
const met = new Map<string, boolean>();
const MOST_MET = 5000;

/** Whether an attribute or an event holds content, by its name. */
export function isContentKey(key: string): boolean {
  const known = met.get(key);
  if (known !== undefined) return known;
  const found = CONTENT.test(key);
  if (met.size >= MOST_MET) met.clear();
  met.set(key, found);
  return found;
}

/** Parts of an event of content that tell of it, and nothing of what was said. */
const AROUND: ReadonlySet<string> = new Set(['index', 'finish_reason', 'role', 'type', 'id']);
/** Parts that hold such parts in turn. */
const HOLDERS: ReadonlySet<string> = new Set(['message', 'tool_calls']);

/** Whether an attribute of an event holds content, by its name, or where it has no dot by that of the event. */
export function isContentInEvent(event: string, key: string): boolean {
  return key.includes('.') ? isContentKey(key) : isContentKey(event) && !AROUND.has(key);
}

/** The body of an event of content without the content. */
export function bodyWithout(content: LogValue, hidden: string): LogValue {
  if (Array.isArray(content)) return content.map((part: LogValue) => bodyWithout(part, hidden));
  if (typeof content !== 'object' || content === null || content instanceof Uint8Array) return hidden;
  const parts = Object.entries(content).map(([key, part]) => {
    if (typeof part === 'object' && part !== null)
      return [key, HOLDERS.has(key) ? bodyWithout(part, hidden) : hidden];
    return [key, AROUND.has(key) ? part : hidden];
  });
  return Object.fromEntries(parts) as LogValue;
}
