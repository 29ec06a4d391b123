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
const FIELDS = /^\s?([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?\s?$/;
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
  const [, version, traceId = '', spanId = '', flags = '', more] = FIELDS.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  const span = { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
