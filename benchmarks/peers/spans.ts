import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Takes spans and drops them: what is measured is the way to it. */
export class DroppingProcessor implements SpanProcessor {
  ended = 0;
  attributes = 0;

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.ended++;
    this.attributes += Object.keys(span.attributes).length;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** An exporter that has sent everything at once, to nowhere. */
export class NullExporter implements SpanExporter {
  exported = 0;

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.exported += spans.length;
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}
