import { SpanStatusCode, type HrTime, type SpanStatus } from '@opentelemetry/api';

/** An ended span, of our pipeline or of the official SDK, as far as it is read. */
export interface EndedSpan {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: SpanStatus;
  readonly duration: HrTime;
}

/** What a span says of a model or an agent. */
export interface GenAiSpan {
  /** `call` of a model, `embedding`, run of an `agent`; `part` is all else that may stand between them. */
  readonly kind: 'call' | 'embedding' | 'agent' | 'part';
  readonly model: string;
  /** What failed; undefined where nothing did. */
  readonly errorType: string | undefined;
  readonly durationSeconds: number;
}

type Attributes = EndedSpan['attributes'];

/** Names of an attribute, the current one first, then those of other conventions and of old. */
const MODEL = [
  'gen_ai.request.model',
  'gen_ai.response.model',
  'llm.request.model_name',
  'llm.model_name',
  'embedding.model_name',
  'llm.request.model',
  'ai.model.id',
];
/** Who runs, on a span itself or on one around it. */
const AGENT = ['agent.id', 'gen_ai.agent.id', 'gen_ai.agent.name', 'agent.name', 'ai.telemetry.functionId'];

/** What each word of an instrumentation means. */
const KINDS: ReadonlyMap<unknown, GenAiSpan['kind']> = new Map([
  ['chat', 'call'],
  ['text_completion', 'call'],
  ['completion', 'call'],
  ['generate_content', 'call'],
  ['LLM', 'call'],
  ['embeddings', 'embedding'],
  ['embedding', 'embedding'],
  ['EMBEDDING', 'embedding'],
  ['invoke_agent', 'agent'],
  ['AGENT', 'agent'],
  ['agent', 'agent'],
]);
/** Of the AI SDK the inner span is the call: the outer one has the steps and the tools of it as well. */
const AI_SDK_CALL = /^ai\.\w+\.do(Generate|Stream)$/;
const AI_SDK_EMBEDDING = /^ai\.\w+\.doEmbed$/;

/** Reads a span by its own attributes; undefined for one that is not about models. Throws what reading it throws. */
export function genAiSpanOf(span: EndedSpan): GenAiSpan | undefined {
  const { attributes } = span;
  const kind = kindOf(attributes);
  if (kind === undefined) return undefined;
  const [seconds, nanos] = span.duration;
  return {
    kind,
    model: textAt(attributes, MODEL) ?? 'unknown',
    errorType: errorTypeOf(span),
    durationSeconds: seconds + nanos / 1e9,
  };
}

/** The agent that a span names. */
export function agentOf(attributes: Attributes): string | undefined {
  return textAt(attributes, AGENT);
}

function kindOf(attributes: Attributes): GenAiSpan['kind'] | undefined {
  const named = attributes['gen_ai.operation.name'];
  if (typeof named === 'string') return KINDS.get(named) ?? 'part';
  const ofSdk = attributes['ai.operationId'];
  if (typeof ofSdk === 'string')
    return AI_SDK_CALL.test(ofSdk) ? 'call' : AI_SDK_EMBEDDING.test(ofSdk) ? 'embedding' : 'part';
  const other =
    attributes['openinference.span.kind'] ??
    attributes['llm.request.type'] ??
    attributes['traceloop.span.kind'];
  return typeof other === 'string' ? (KINDS.get(other) ?? 'part') : undefined;
}

/** Without a type of its own, that it failed is all that is known. */
function errorTypeOf({ attributes, status }: EndedSpan): string | undefined {
  const type = attributes['error.type'];
  if (typeof type === 'string' && type !== '') return type;
  return status.code === SpanStatusCode.ERROR ? 'unknown' : undefined;
}

/** The first of some attributes that is a text. */
export function textAt(attributes: Attributes, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
