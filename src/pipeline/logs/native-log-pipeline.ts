import type { LoggerProvider } from '../../common/host-types.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { QueueLimits } from '../otlp/export-queue.js';
import type { OtlpTarget } from '../otlp/otlp-target.js';
import { SignalDelivery, type SpoolSettings } from '../otlp/signal-delivery.js';
import type { Resource } from '../resource.js';
import type { LogLimits } from './log-limits.js';
import { writeLogs } from './log-messages.js';
import type { KeptLogRecord } from './log-record.js';
import { type LogSink, NativeLoggerProvider } from './native-logger-provider.js';

export interface NativeLogPipelineOptions {
  readonly resource: Resource;
  /** Where records are sent; `nowhere` where they should be and cannot, undefined where nobody wants them sent. */
  readonly target: OtlpTarget | 'nowhere' | undefined;
  readonly queue: QueueLimits & SpoolSettings;
  readonly limits: LogLimits;
  readonly drops: DropLog;
}

/** From a log record to its delivery, by our own recorder and sender. Nothing is sampled. */
export class NativeLogPipeline {
  readonly loggerProvider: LoggerProvider;
  private readonly delivery: SignalDelivery<KeptLogRecord> | undefined;

  constructor({ resource, target, queue, limits, drops }: NativeLogPipelineOptions) {
    if (target !== undefined && target !== 'nowhere') {
      this.delivery = new SignalDelivery<KeptLogRecord>(target, {
        signal: 'logs',
        nouns: ['log record', 'log records'],
        section: 'events',
        queue,
        write: (writer, records) => writeLogs(writer, resource, records),
        sizeOf: ({ bytes }) => bytes,
        drops,
      });
    }
    const sink = target === 'nowhere' ? new NowhereSink(drops) : queueSink(this.delivery);
    this.loggerProvider = new NativeLoggerProvider({ sink, limits, drops });
  }

  /** Records that wait or are in flight. */
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
    await this.delivery?.flush(last);
  }

  async shutdown(): Promise<void> {
    await this.delivery?.shutdown();
  }
}

function queueSink(delivery: SignalDelivery<KeptLogRecord> | undefined): LogSink | undefined {
  return delivery && { emitted: (record) => delivery.add(record), refuses: () => delivery.refuses() };
}

/** Where there is no endpoint that can be used, records are lost, and counted. */
class NowhereSink implements LogSink {
  constructor(private readonly drops: DropLog) {}

  emitted(): void {
    const message =
      'events are not sent: there is no endpoint that can be used. Correct the one named at the start.';
    this.drops.dropped('logs', 'export_failed', 'nowhere', message);
  }
}
