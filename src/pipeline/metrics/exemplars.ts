import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import type { Exemplar } from '../../exposition/exposed-family.js';

type SpanIds = Pick<SpanContext, 'traceId' | 'spanId'>;

/** One exemplar a slot: a new one is written over the old one, so that nothing is allocated. */
export class Exemplars {
  private readonly slots: (Exemplar | undefined)[] = [];

  keep(slot: number, value: number, timeMillis: number, { traceId, spanId }: SpanIds): void {
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

  /** Takes over those of another where it has any. */
  take(from: number, to: number, newer: Exemplars): void {
    for (let slot = from; slot < Math.min(to, newer.slots.length); slot++) {
      const kept = newer.slots[slot];
      if (kept !== undefined) this.keep(slot, kept.value, kept.timeMillis, kept);
    }
  }

  forget(from: number, to: number): void {
    for (let slot = from; slot < Math.min(to, this.slots.length); slot++) this.slots[slot] = undefined;
  }
}

/** The span that a measurement belongs to, where it is sampled. Never throws. */
export function sampledSpan(given: Context | undefined): SpanContext | undefined {
  try {
    const active = given ?? context.active();
    if (active === ROOT_CONTEXT) return undefined;
    const span = trace.getSpan(active)?.spanContext();
    return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0 ? span : undefined;
  } catch {
    return undefined; // not a context, or a span of another SDK that throws
  }
}
