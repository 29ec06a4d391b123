import type { Attributes, SpanContext, SpanKind, TracerProvider } from '@opentelemetry/api';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { NativeSpan } from './native-span.js';
import { NativeTracerProvider } from './native-tracer-provider.js';
import type { SpanResource } from './span-pipeline.js';

/** One ended span. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceId: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly links: readonly { readonly context: SpanContext; readonly attributes: Attributes }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly durationMillis: number;
}

/** Keeps the spans that end, for a test to read. */
export class InMemorySpans {
  readonly tracerProvider: TracerProvider;
  private readonly ended: NativeSpan[] = [];
  private stopped = false;

  constructor(resource: SpanResource, drops: DropLog) {
    const sink = { ended: (span: NativeSpan) => void (this.stopped || this.ended.push(span)) };
    this.tracerProvider = new NativeTracerProvider({ resource, sink, drops });
  }

  /** Oldest first. */
  spans(): CollectedSpan[] {
    return this.ended.map(collected);
  }

  forget(): void {
    this.ended.length = 0;
  }

  /** Forgets all, and keeps no more. */
  shutdown(): void {
    this.stopped = true;
    this.forget();
  }
}

function collected(span: NativeSpan): CollectedSpan {
  const { spanId, traceId } = span.spanContext();
  const [seconds, nanos] = span.duration;
  return {
    name: span.name,
    kind: span.kind,
    spanId,
    traceId,
    parentSpanId: span.parentSpanId,
    attributes: span.attributes,
    events: span.events.map(({ name, attributes }) => ({ name, attributes })),
    links: span.links.map(({ context, attributes = {} }) => ({ context, attributes })),
    status: span.status,
    durationMillis: seconds * 1e3 + nanos / 1e6,
  };
}
