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

  // One loop each: a function to call for each processor would be made for each span, three times.

  onStart(span: NativeSpan, parent: Context): void {
    for (const processor of this.processors) {
      try {
        this.watch(processor.onStart?.(span, parent));
      } catch (error) {
        this.failed(error);
      }
    }
  }

  onEnding(span: NativeSpan): void {
    for (const processor of this.processors) {
      try {
        this.watch(processor.onEnding?.(span));
      } catch (error) {
        this.failed(error);
      }
    }
  }

  onEnd(span: NativeSpan): void {
    for (const processor of this.processors) {
      try {
        this.watch(processor.onEnd?.(span));
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** Resolves when all have answered; never rejects. */
  forceFlush(): Promise<void> {
    return this.settle((processor) => processor.forceFlush?.());
  }

  shutdown(): Promise<void> {
    return this.settle((processor) => processor.shutdown?.());
  }

  /** One that turns out to be async may reject. */
  private watch(result: unknown): void {
    if (isThenable(result)) promiseOf(result).catch((error: unknown) => this.failed(error));
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
