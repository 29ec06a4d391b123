import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import type { Exemplar } from '../../exposition/exposed-family.js';

/** The span that a measurement belongs to, where it is sampled. Never throws. */
export function sampledSpan(given: Context | undefined): SpanContext | undefined {
  try {
    const active = given ?? context.active();
    if (active === ROOT_CONTEXT) return undefined;
    const span = trace.getSpan(active)?.spanContext();
    return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0 ? span : undefined;
  } catch {
    return undefined; // a context that is none, or a span of another SDK
  }
}

/** One exemplar a slot, written over in place. */
export class Exemplars {
  private readonly slots: (Exemplar | undefined)[] = [];

  keep(slot: number, value: number, timeMillis: number, { traceId, spanId }: SpanContext): void {
    const kept = this.slots[slot];
    if (kept === undefined) {
      while (this.slots.length < slot) this.slots.push(undefined); // no holes: they make an array slow
      this.slots[slot] = { value, timeMillis, traceId, spanId };
      return;
    }
    kept.value = value;
    kept.timeMillis = timeMillis;
    kept.traceId = traceId;
    kept.spanId = spanId;
  }

  at(slot: number): Exemplar | undefined {
    return this.slots[slot];
  }

  forget(from: number, to: number): void {
    for (let slot = from; slot < Math.min(to, this.slots.length); slot++) this.slots[slot] = undefined;
  }
}
