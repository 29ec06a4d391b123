import { SCOPE_NAME } from '../../semconv/resource.js';
import type { NativeSpan } from './native-span.js';

/** Attributes that tell a span of a model, whoever instruments it. */
const TELLING: ReadonlySet<unknown> = new Set([
  'gen_ai.operation.name',
  'ai.operationId',
  'openinference.span.kind',
  'llm.request.type',
  'traceloop.span.kind',
]);

/** Tells of ended spans of models, those of the host and its other instrumentations; ours are none, and cost nothing. */
export class ModelWatch {
  /** Set when there is something to record with. What it throws is nobody's. */
  ended: ((span: NativeSpan) => void) | undefined = undefined;

  look(span: NativeSpan): void {
    if (this.ended === undefined || span.instrumentationScope.name === SCOPE_NAME) return;
    const entries = span.attributeEntries();
    for (let index = 0; index < entries.length && entries[index] !== undefined; index += 2) {
      if (!TELLING.has(entries[index])) continue;
      try {
        this.ended(span);
      } catch {
        // A span that refuses to be read is about nothing.
      }
      return;
    }
  }
}
