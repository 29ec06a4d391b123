import {
  isSpanContextValid,
  trace,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isTracingSuppressed } from './suppress-tracing.js';
import { W3CTraceState } from './trace-state.js';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';
/** Version, trace id, span id, flags, and what a later version adds. Ids of zeros are none, and nor is version ff. */
const FIELDS = /^\s?((?!ff)[\da-f]{2})-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-([\da-f]{2})(-.*)?\s?$/;
/** The flags that version 00 defines: sampled, and random trace id. Others are written as 0. */
const KNOWN_FLAGS = 0x03;

/** Carries the span by `traceparent` and `tracestate`: https://www.w3.org/TR/trace-context/ */
export class TraceContextPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context);
    if (span === undefined || isTracingSuppressed(context) || !isSpanContextValid(span)) return;
    setter.set(carrier, TRACEPARENT, `00-${span.traceId}-${span.spanId}-0${span.traceFlags & KNOWN_FLAGS}`);
    if (span.traceState) setter.set(carrier, TRACESTATE, span.traceState.serialize());
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const given: unknown = getter.get(carrier, TRACEPARENT);
    const header: unknown = Array.isArray(given) ? given[0] : given;
    const span = typeof header === 'string' ? spanContextOf(header) : undefined;
    if (span === undefined) return context;
    const states: unknown = getter.get(carrier, TRACESTATE);
    if (!states) return trace.setSpanContext(context, span);
    const state: unknown = Array.isArray(states) ? states.join(',') : states;
    const traceState = W3CTraceState.parse(typeof state === 'string' ? state : '');
    return trace.setSpanContext(context, { ...span, traceState });
  }

  fields(): string[] {
    return [TRACEPARENT, TRACESTATE];
  }
}

/** Undefined where the header is not valid. A version that we do not know may have more fields at its end. */
function spanContextOf(header: string): SpanContext | undefined {
  const fields = FIELDS.exec(header);
  if (fields === null || (fields[1] === '00' && fields[5] !== undefined)) return undefined;
  return {
    traceId: fields[2]!,
    spanId: fields[3]!,
    traceFlags: parseInt(fields[4]!, 16),
    isRemote: true,
  };
}
