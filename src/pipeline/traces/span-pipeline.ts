import { TraceFlags, type Attributes } from '@opentelemetry/api';
import { printable, type DropLog } from '../../diagnostics/drop-log.js';
import type { HostProcessors } from './host-processors.js';
import type { NativeSpan } from './native-span.js';
import type { SpanLimits } from './span-limits.js';
import type { SpanClock } from './span-time.js';
import type { ModelWatch } from './model-watch.js';

/** Who makes the spans. */
export interface SpanResource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string | undefined;
}

/** The part of a program that spans are of, as the host's code names it. */
export interface InstrumentationScope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

/** Told of each sampled span once, when it ends. */
export interface SpanSink {
  ended(span: NativeSpan): void;
}

/** Sees sampled spans beside their delivery, as the live page does. Never throws. */
export interface SpanWatch extends SpanSink {
  /** Whether spans are wanted now. */
  readonly watching: boolean;
}

/** What the spans of one provider have in common, and where they go when they end. */
export class SpanPipeline {
  constructor(
    readonly resource: SpanResource,
    readonly limits: SpanLimits,
    readonly clock: SpanClock,
    readonly processors: HostProcessors,
    private readonly sink: SpanSink | undefined,
    private readonly drops: DropLog,
    private readonly watch?: SpanWatch,
    private readonly models?: ModelWatch,
  ) {}

  /** A processor sees the span first: what it redacts is not sent. */
  ended(span: NativeSpan): void {
    this.models?.look(span);
    span.around = undefined;
    if (!this.processors.none) this.processors.onEnd(span);
    if ((span.traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.watch?.watching === true) this.watch.ended(span);
    if (this.sink === undefined) return;
    if (typeof span.instrumentationScope.name !== 'string') return this.unsendable();
    try {
      this.sink.ended(span);
    } catch (error) {
      const message = `a span could not be taken for delivery (${printable(error)}); it was dropped.`;
      this.drops.dropped('traces', 'export_failed', 'sink', message);
    }
  }

  writtenLate(): void {
    this.drops.warn('ended-span', 'a span was written to after its end; that is not kept.');
  }

  refusedAttribute(key: unknown): void {
    const message = `the span attribute ${printable(key)} was left out; accepted is text, a number, a boolean, or a list of one of them.`;
    this.drops.warn('span-attribute', message);
  }

  warn(cause: string, message: string): void {
    this.drops.warn(cause, message);
  }

  private unsendable(): void {
    const message = 'a span cannot be written, as of a tracer whose name is no text; it was dropped.';
    this.drops.dropped('traces', 'invalid_value', 'span', message);
  }
}
