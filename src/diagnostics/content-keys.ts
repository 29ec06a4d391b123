/**
 * Attributes of whatever instrumentation that hold what a model or a tool was given or has answered, by the conventions of
 * OpenTelemetry, old and new, and of the AI SDK, OpenLLMetry and OpenInference. What ends with a dot has parts, as
 * `gen_ai.prompt.0.content`.
 */
const CONTENT = new RegExp(
  '^(' +
    [
      String.raw`gen_ai\.(prompt|completion|content|input\.messages|output\.messages|system_instructions)`,
      String.raw`gen_ai\.(tool\.call\.(arguments|result)|tool\.definitions|choice|retrieval\.(documents|query))`,
      String.raw`gen_ai\.(system|user|assistant|tool)\.message`,
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

/** Whether an attribute holds content, by its name. */
export function isContentKey(key: string): boolean {
  const known = met.get(key);
  if (known !== undefined) return known;
  const found = CONTENT.test(key);
  if (met.size >= MOST_MET) met.clear();
  met.set(key, found);
  return found;
}
