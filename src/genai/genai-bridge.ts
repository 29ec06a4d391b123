import { trace, type Context } from '@opentelemetry/api';
import type { AgentMetrics } from '../instruments/index.js';
import { instrumentName } from '../semconv/metrics.js';
import { agentOf, genAiSpanOf, type EndedSpan, type GenAiSpan } from './llm-span.js';
import { tokensOf } from './span-tokens.js';

/** What is recorded with: the handle of `initObservability`, or of the tests. */
export interface GenAiRecorders {
  readonly agent: Pick<AgentMetrics, 'recordLlmCall' | 'recordLlmUsage' | 'recordError' | 'recordExecution'>;
  /** Ours knows who else measures tokens. */
  readonly meterProvider?: object;
}

/** A span processor of the official SDK, 2 or 3, or of our pipeline. */
export interface GenAiProcessor {
  onStart(this: void, span: object, parent: Context): void;
  onEnd(this: void, span: object): void;
  forceFlush(this: void): Promise<void>;
  shutdown(this: void): Promise<void>;
}

/** The span around a span, where it is of this process. */
export type ParentOf = (span: object) => object | undefined;

/** A MeterProvider, of ours or of a host. */
interface Measuring {
  measures?(scope: string, instrument: string): boolean;
}

/** Who made a span, by SDK 2 and 3, and by SDK 1. */
interface Scoped {
  readonly instrumentationScope?: { readonly name: string };
  readonly instrumentationLibrary?: { readonly name: string };
}

const TOKEN_USAGE = instrumentName('gen_ai_client_token_usage');

/** Spans above one that are looked at. */
const MOST_ABOVE = 32;

/** Counts calls of models and their tokens from ended spans, by what these say themselves and by the spans around them. */
export class GenAiSpans {
  /** Spans around a call that is counted. They may say that they are a call as well; it is the same one. */
  private readonly counted = new WeakSet<object>();
  /** The same, of tokens: what is around a call may know them where the call itself does not. */
  private readonly metered = new WeakSet<object>();

  constructor(
    private readonly recorders: GenAiRecorders,
    private readonly parentOf: ParentOf,
  ) {}

  /** Throws what reading the span throws. */
  ended(span: object): void {
    const said = genAiSpanOf(span as EndedSpan);
    if (said === undefined || said.kind === 'part') return;
    if (said.kind === 'agent') return this.agentEnded(said);
    const isCounted = this.counted.has(span);
    const tokens = this.metered.has(span) ? undefined : tokensOf(span as EndedSpan, said);
    if (isCounted && tokens === undefined) return;
    const around = this.around(span);
    if (tokens !== undefined) {
      for (const one of around) this.metered.add(one);
      if (!this.measured(span)) this.recorders.agent.recordLlmUsage(tokens);
    }
    if (isCounted) return;
    for (const one of around) this.counted.add(one);
    this.count(said, agentAmong([span, ...around]));
  }

  /** Whether the instrumentation that made a span has measured its tokens, by a meter that it has of us. */
  private measured(span: object): boolean {
    const { instrumentationScope, instrumentationLibrary } = span as Scoped;
    const scope = (instrumentationScope ?? instrumentationLibrary)?.name;
    const meters = this.recorders.meterProvider as Measuring | undefined;
    return scope !== undefined && meters?.measures?.(scope, TOKEN_USAGE) === true;
  }

  private agentEnded({ errorType, durationSeconds }: GenAiSpan): void {
    const status = errorType === undefined ? 'success' : 'error';
    this.recorders.agent.recordExecution({ status, durationSeconds });
  }

  private count(said: GenAiSpan, agentId: string): void {
    const { agent } = this.recorders;
    const { kind, model, errorType } = said;
    if (kind === 'call') agent.recordLlmCall({ agentId, model });
    if (errorType !== undefined) agent.recordError({ agentId, errorType });
  }

  private around(span: object): object[] {
    const around: object[] = [];
    let parent = this.parentOf(span);
    while (parent !== undefined && around.length < MOST_ABOVE) {
      around.push(parent);
      parent = this.parentOf(parent);
    }
    return around;
  }
}

/** The kernel's agent, wherever it stands, since all else is counted by it; or the one that is named nearest. */
function agentAmong(spans: readonly object[]): string {
  let nearest: string | undefined;
  for (const span of spans) {
    const { attributes } = span as Partial<EndedSpan>;
    if (attributes === undefined) continue;
    const kernels = attributes['agent.id'];
    if (typeof kernels === 'string' && kernels !== '') return kernels;
    nearest ??= agentOf(attributes);
  }
  return nearest ?? 'unknown';
}

/**
 * Counts calls of models and their tokens from the spans of a host's own pipeline: give it to the TracerProvider as a span
 * processor. In the pipeline of `initObservability` it is at work already. It sends nothing, changes no span, and never throws.
 *
 * @example
 * ```ts
 * const processor = genAiBridge(obs); // new NodeTracerProvider({ spanProcessors: [processor, …] })
 * ```
 */
export function genAiBridge(obs: GenAiRecorders): GenAiProcessor {
  const parents = new WeakMap<object, object>();
  const spans = new GenAiSpans(obs, (span) => parents.get(span));
  const nothing = async (): Promise<void> => {};
  return {
    onStart(span, parent) {
      try {
        const around = trace.getSpan(parent);
        if (around !== undefined) parents.set(span, around);
      } catch {
        // A context that cannot be asked has no span.
      }
    },
    onEnd(span) {
      try {
        spans.ended(span);
      } catch {
        // A span that refuses to be read is about nothing.
      }
    },
    forceFlush: nothing,
    shutdown: nothing,
  };
}
