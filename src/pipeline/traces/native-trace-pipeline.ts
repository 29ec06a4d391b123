import type { TracerProvider } from '@opentelemetry/api';
import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import { DeliveryLedger } from '../otlp/delivery-ledger.js';
import { ExportQueue, type QueueLimits } from '../otlp/export-queue.js';
import { JsonWriter } from '../otlp/json-writer.js';
import { OtlpSender } from '../otlp/otlp-sender.js';
import type { OtlpTarget } from '../otlp/otlp-target.js';
import { ProtobufWriter } from '../otlp/protobuf-writer.js';
import { Spool } from '../otlp/spool.js';
import { sendSpooled } from '../otlp/spooled-messages.js';
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
  readonly queue: QueueLimits & SpoolSettings;
  readonly sampler: TraceSampler | Sampler;
  readonly limits: SpanLimits;
  readonly processors: readonly SpanProcessor[];
  readonly drops: DropLog;
}

interface SpoolSettings {
  /** Folder for spans that cannot be sent before the process ends; undefined where the host wants none. */
  readonly spoolFolder?: string | undefined;
  readonly maxSpoolBytes: number;
}

/** From a span's start to its delivery, by our own recorder and sender. */
export class NativeTracePipeline {
  readonly tracerProvider: TracerProvider;
  private readonly provider: NativeTracerProvider;
  private readonly ledger: DeliveryLedger | undefined;
  private readonly queue: ExportQueue<NativeSpan> | undefined;
  /** What processes before this one left is sent; undefined where nobody looks for it. */
  private readonly spooled: Promise<void> | undefined;
  private ending = false;

  constructor(options: NativeTracePipelineOptions) {
    const { resource, target, drops, sampler, limits, processors } = options;
    if (target !== undefined && target !== 'nowhere') {
      this.ledger = new DeliveryLedger({
        signal: 'traces',
        nouns: ['span', 'spans'],
        shown: target.shown,
        drops,
      });
      const sender = new OtlpSender(target);
      const spool = spoolOf(options.queue, target, drops);
      if (spool !== undefined) this.spooled = sendSpooled(spool, sender, this.ledger, () => this.ending);
      this.queue = new ExportQueue<NativeSpan>({
        sender,
        spool,
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
    this.ending = true;
    if (this.spooled !== undefined) await Promise.all([this.queue?.flushLast(), this.spooled]);
    await Promise.all([this.queue?.shutdown(), this.provider.shutdown()]);
  }
}

function spoolOf(
  { spoolFolder, maxSpoolBytes }: SpoolSettings,
  { signal, protocol }: OtlpTarget,
  drops: DropLog,
): Spool | undefined {
  if (spoolFolder === undefined) return undefined;
  const spool = new Spool({ folder: spoolFolder, maxBytes: maxSpoolBytes, signal, protocol });
  try {
    spool.prepare();
    return spool;
  } catch (error) {
    const message = `traces.spoolFolder cannot be used (${printable(error)}); spans that are queued when the process ends are lost.`;
    drops.warn('spool', message);
    return undefined;
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
