import type { TracerProvider } from '@opentelemetry/api';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { QueueLimits } from '../otlp/export-queue.js';
import type { OtlpTarget } from '../otlp/otlp-target.js';
import { SignalDelivery, type SpoolSettings } from '../otlp/signal-delivery.js';
import type { Resource } from '../resource.js';
import type { Sampler, SpanProcessor } from '../../common/host-types.js';
import type { NativeSpan } from './native-span.js';
import { NativeTracerProvider } from './native-tracer-provider.js';
import type { TraceSampler } from './sampler.js';
import type { SpanLimits } from './span-limits.js';
import type { SpanSink, SpanWatch } from './span-pipeline.js';
import { ModelWatch } from './model-watch.js';
import { writeTraces } from './trace-messages.js';

export interface NativeTracePipelineOptions {
  readonly resource: Resource;
  /** Where spans are sent; `nowhere` where they should be and cannot, undefined where nobody wants them sent. */
  readonly target: OtlpTarget | 'nowhere' | undefined;
  readonly queue: QueueLimits & SpoolSettings;
  readonly sampler: TraceSampler | Sampler;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
  readonly drops: DropLog;
  /** Sees each sampled span beside its delivery. */
  readonly watch?: SpanWatch | undefined;
}

/** From a span's start to its delivery, by our own recorder and sender. */
export class NativeTracePipeline {
  readonly tracerProvider: TracerProvider;
  /** Is told of spans of models. */
  readonly models = new ModelWatch();
  private readonly provider: NativeTracerProvider;
  private readonly delivery: SignalDelivery<NativeSpan> | undefined;

  constructor(options: NativeTracePipelineOptions) {
    const { resource, target, drops, sampler, limits, processors, watch } = options;
    if (target !== undefined && target !== 'nowhere') {
      this.delivery = new SignalDelivery<NativeSpan>(target, {
        signal: 'traces',
        nouns: ['span', 'spans'],
        section: 'traces',
        queue: options.queue,
        write: (writer, spans) => writeTraces(writer, resource, spans),
        sizeOf: (span) => span.estimatedBytes,
        drops,
      });
    }
    const sink = target === 'nowhere' ? new NowhereSink(drops) : queueSink(this.delivery);
    const { models } = this;
    this.provider = new NativeTracerProvider({
      resource,
      sampler,
      limits,
      sink,
      watch,
      processors,
      drops,
      models,
    });
    this.tracerProvider = this.provider;
  }

  /** Spans that wait or are in flight. */
  get pending(): number {
    return this.delivery?.pending ?? 0;
  }

  /** Whether the last batch failed. */
  get failing(): boolean {
    return this.delivery?.failing ?? false;
  }

  /** Counts what is pending as lost and says why. */
  abandon(why: string): void {
    this.delivery?.abandon(why);
  }

  async forceFlush(last = false): Promise<void> {
    await Promise.all([this.delivery?.flush(last), this.provider.forceFlush()]);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.delivery?.shutdown(), this.provider.shutdown()]);
  }
}

function queueSink(delivery: SignalDelivery<NativeSpan> | undefined): SpanSink | undefined {
  return delivery && { ended: (span) => delivery.add(span) };
}

/** Where there is no endpoint that can be used, spans are lost, and counted. */
class NowhereSink implements SpanSink {
  constructor(private readonly drops: DropLog) {}

  ended(): void {
    const message =
      'spans are not sent: there is no endpoint that can be used. Correct the one named at the start.';
    this.drops.dropped('traces', 'export_failed', 'nowhere', message);
  }
}
