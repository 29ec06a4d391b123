import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import type { TelemetrySignal } from '../../semconv/values.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { ExportQueue, type QueueLimits } from './export-queue.js';
import { JsonWriter } from './json-writer.js';
import type { MessageWriter } from './message-writer.js';
import { OtlpSender } from './otlp-sender.js';
import type { OtlpTarget } from './otlp-target.js';
import { ProtobufWriter } from './protobuf-writer.js';
import { Spool } from './spool.js';
import { sendSpooled } from './spooled-messages.js';

/** Bytes of a message for each of its items, as a first guess. */
const ITEM_BYTES = 512;

export interface SpoolSettings {
  /** Folder for what cannot be sent before the process ends; undefined where the host wants none. */
  readonly spoolFolder?: string | undefined;
  readonly maxSpoolBytes: number;
}

export interface SignalDeliveryOptions<T> {
  readonly signal: TelemetrySignal;
  /** What one item is called, and several. */
  readonly nouns: readonly [one: string, several: string];
  /** The section of its options, for messages. */
  readonly section: 'traces' | 'events';
  readonly queue: QueueLimits & SpoolSettings;
  readonly write: (writer: MessageWriter, items: readonly T[]) => void;
  /** Bytes of an item, at the most. */
  readonly sizeOf: (item: T) => number;
  readonly drops: DropLog;
}

/** The way of one signal's items to its target: queue, batches, messages, retries, spool; each is counted. */
export class SignalDelivery<T> {
  private readonly ledger: DeliveryLedger;
  private readonly queue: ExportQueue<T>;
  /** What processes before this one left is sent; undefined where nobody looks for it. */
  private readonly spooled: Promise<void> | undefined;
  private ending = false;

  constructor(target: OtlpTarget, options: SignalDeliveryOptions<T>) {
    const { signal, nouns, queue: limits, write, sizeOf, drops } = options;
    this.ledger = new DeliveryLedger({ signal, nouns, shown: target.shown, drops });
    const sender = new OtlpSender(target);
    const spool = spoolOf(options, target);
    if (spool !== undefined) this.spooled = sendSpooled(spool, sender, this.ledger, () => this.ending);
    const encode = (items: readonly T[]): Uint8Array => {
      const json = target.protocol === 'http/json';
      const writer = json ? new JsonWriter() : new ProtobufWriter(items.length * ITEM_BYTES);
      write(writer, items);
      return writer.finish();
    };
    this.queue = new ExportQueue<T>({ sender, spool, ledger: this.ledger, limits, encode, sizeOf });
  }

  /** Items that wait or are in flight. */
  get pending(): number {
    return this.ledger.pending;
  }

  /** Whether the last batch failed. */
  get failing(): boolean {
    return this.ledger.failing;
  }

  add(item: T): void {
    this.queue.add(item);
  }

  /** Whether there is no room for another item, which is then counted as lost. */
  refuses(): boolean {
    return this.queue.refuses();
  }

  /** Counts what is pending as lost and says why. */
  abandon(why: string): void {
    this.queue.abandon(why);
  }

  /** @param last - whether the process is about to end: an endpoint where nobody is is not tried again then */
  flush(last: boolean): Promise<void> {
    return last ? this.queue.flushLast() : this.queue.flush();
  }

  async shutdown(): Promise<void> {
    this.ending = true;
    if (this.spooled !== undefined) await Promise.all([this.queue.flushLast(), this.spooled]);
    await this.queue.shutdown();
  }
}

function spoolOf<T>(
  { queue: { spoolFolder, maxSpoolBytes }, section, nouns, drops }: SignalDeliveryOptions<T>,
  { signal, protocol }: OtlpTarget,
): Spool | undefined {
  if (spoolFolder === undefined) return undefined;
  const spool = new Spool({ folder: spoolFolder, maxBytes: maxSpoolBytes, signal, protocol });
  try {
    spool.prepare();
    return spool;
  } catch (error) {
    const lost = `${nouns[1]} that are queued when the process ends are lost`;
    drops.warn(`spool/${section}`, `${section}.spoolFolder cannot be used (${printable(error)}); ${lost}.`);
    return undefined;
  }
}
