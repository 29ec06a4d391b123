import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** A processor of the host's: what it throws or rejects ends neither a span's caller nor our own delivery. */
export class IsolatedProcessor implements SpanProcessor {
  constructor(
    private readonly inner: SpanProcessor,
    private readonly failed: (error: unknown) => void,
  ) {}

  onStart(span: Span, parent: Context): void {
    try {
      this.inner.onStart?.(span, parent);
    } catch (error) {
      this.failed(error);
    }
  }

  onEnding(span: Span): void {
    try {
      this.inner.onEnding?.(span);
    } catch (error) {
      this.failed(error);
    }
  }

  onEnd(span: ReadableSpan): void {
    try {
      this.inner.onEnd(span);
    } catch (error) {
      this.failed(error);
    }
  }

  async forceFlush(): Promise<void> {
    await this.settle(() => this.inner.forceFlush?.());
  }

  async shutdown(): Promise<void> {
    await this.settle(() => this.inner.shutdown?.());
  }

  private async settle(act: () => Promise<void> | undefined): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.failed(error);
    }
  }
}
