import type { Context } from '@opentelemetry/api';
import type { SpanProcessor } from '../../common/host-types.js';
import { isThenable, promiseOf } from '../../common/outcome.js';
import { printable, type DropLog } from '../../diagnostics/drop-log.js';
import type { NativeSpan } from './native-span.js';

/** The host's processors. What one throws or rejects is said once, and costs neither a span nor another processor. */
export class HostProcessors {
  constructor(
    private readonly processors: readonly SpanProcessor[],
    private readonly drops: DropLog,
  ) {}

  get none(): boolean {
    return this.processors.length === 0;
  }

  onStart(span: NativeSpan, parent: Context): void {
    this.each((processor) => processor.onStart?.(span, parent));
  }

  onEnding(span: NativeSpan): void {
    this.each((processor) => processor.onEnding?.(span));
  }

  onEnd(span: NativeSpan): void {
    this.each((processor) => processor.onEnd?.(span));
  }

  /** Resolves when all have answered; never rejects. */
  forceFlush(): Promise<void> {
    return this.settle((processor) => processor.forceFlush?.());
  }

  shutdown(): Promise<void> {
    return this.settle((processor) => processor.shutdown?.());
  }

  private each(act: (processor: SpanProcessor) => unknown): void {
    for (const processor of this.processors) {
      try {
        const result = act(processor);
        if (isThenable(result)) promiseOf(result).catch((error: unknown) => this.failed(error));
      } catch (error) {
        this.failed(error);
      }
    }
  }

  private async settle(act: (processor: SpanProcessor) => unknown): Promise<void> {
    await Promise.all(
      this.processors.map(async (processor) => {
        try {
          await act(processor);
        } catch (error) {
          this.failed(error);
        }
      }),
    );
  }

  private failed(error: unknown): void {
    this.drops.warn('processor', `a span processor of the host failed (${printable(error)}).`);
  }
}
