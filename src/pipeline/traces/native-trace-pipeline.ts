import type { TracerProvider } from '@opentelemetry/api';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { DeliveryLedger } from '../otlp/delivery-ledger.js';
import { ExportQueue, type QueueLimits } from '../otlp/export-queue.js';
import { JsonWriter } from '../otlp/json-writer.js';
import { OtlpSender } from '../otlp/otlp-sender.js';
import type { OtlpTarget } from '../otlp/otlp-target.js';
import { ProtobufWriter } from '../otlp/protobuf-writer.js';
import type { Resource } from '../resource.js';
import type { Sampler, SpanProcessor } from '../../common/host-types.js';
import type { NativeSpan } from './native-span.js';
import { NativeTracerProvider } from './native-tracer-provider.js';
import type { TraceSampler } from './sampler.js';
import type { SpanLimits } from './span-limits.js';
import type { SpanSink } from './span-pipeline.js';
import { writeTraces } from './trace-messages.js';

export interface NativeTracePipelineOptions {
  readonly resource: Resource;
  /** Where spans are sent; `nowhere` where they should be and cannot, undefined where nobody wants them sent. */
  readonly target: OtlpTarget | 'nowhere' | undefined;
  readonly queue: QueueLimits;
  readonly sampler: TraceSampler | Sampler;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
  readonly drops: DropLog;
}

/** From a span's start to its delivery, by our own recorder and sender. */
export class NativeTracePipeline {
  readonly tracerProvider: TracerProvider;
  private readonly provider: NativeTracerProvider;
  private readonly ledger: DeliveryLedger | undefined;
  private readonly queue: ExportQueue<NativeSpan> | undefined;

  constructor(options: NativeTracePipelineOptions) {
    const { resource, target, drops, sampler, limits, processors } = options;
    if (target !== undefined && target !== 'nowhere') {
      this.ledger = new DeliveryLedger({
        signal: 'traces',
        nouns: ['span', 'spans'],
        shown: target.shown,
        drops,
      });
      this.queue = new ExportQueue<NativeSpan>({
        sender: new OtlpSender(target),
        ledger: this.ledger,
        limits: options.queue,
        encode: encoderOf(target, resource),
        sizeOf: (span) => span.estimatedBytes,
      });
    }
    const sink = target === 'nowhere' ? new NowhereSink(drops) : queueSink(this.queue);
    this.provider = new NativeTracerProvider({ resource, sampler, limits, sink, processors, drops });
    this.tracerProvider = this.provider;
  }

  /** Spans that wait or are in flight. */
  get pending(): number {
    return this.ledger?.pending ?? 0;
  }

  /** Counts what is pending as lost and says why. */
  abandon(why: string): void {
    this.queue?.abandon(why);
  }

  async forceFlush(last = false): Promise<void> {
    await Promise.all([last ? this.queue?.flushLast() : this.queue?.flush(), this.provider.forceFlush()]);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.queue?.shutdown(), this.provider.shutdown()]);
  }
}

function encoderOf(
  { protocol }: OtlpTarget,
  resource: Resource,
): (spans: readonly NativeSpan[]) => Uint8Array {
  return (spans) => {
    const writer = protocol === 'http/json' ? new JsonWriter() : new ProtobufWriter(spans.length * 512);
    writeTraces(writer, resource, spans);
    return writer.finish();
  };
}

function queueSink(queue: ExportQueue<NativeSpan> | undefined): SpanSink | undefined {
  return queue && { ended: (span) => queue.add(span) };
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
