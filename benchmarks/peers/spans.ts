import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** One span in so many has its attributes looked at, to see that they are there: who exports reads them, who drops does not. */
const LOOKED_AT_ONE_IN = 64;

/** Takes spans and drops them: what is measured is the way to it. */
export class DroppingProcessor implements SpanProcessor {
  ended = 0;
  looked = 0;
  attributes = 0;

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.ended++ % LOOKED_AT_ONE_IN !== 0) return;
    this.looked++;
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
