import { after, soon, type Stop } from '../../common/timers.js';
import type { DeliveryLedger } from './delivery-ledger.js';
import type { OtlpSender } from './otlp-sender.js';
import type { Spool } from './spool.js';

/** Batches under way at once: more would only hold more memory, one alone would wait for each answer. */
const MAX_IN_FLIGHT = 4;
/** Estimated bytes of one batch: a Collector takes 4 MiB by gRPC and 20 MiB by HTTP. */
const MAX_BATCH_BYTES = 2 * 1024 * 1024;

export interface QueueLimits {
  /** Most items that wait or are in flight. */
  readonly maxQueueSize: number;
  /** Most estimated bytes of them. */
  readonly maxQueueBytes: number;
  /** Most items of one batch. */
  readonly maxExportBatchSize: number;
  /** Longest time that an item waits for its batch. */
  readonly scheduledDelayMillis: number;
}

export interface ExportQueueOptions<T> {
  readonly sender: Pick<OtlpSender, 'send' | 'close'> & Partial<Pick<OtlpSender, 'lastFailure'>>;
  readonly ledger: DeliveryLedger;
  readonly limits: QueueLimits;
  /** The request with these items. */
  readonly encode: (items: readonly T[]) => Uint8Array;
  /** Bytes of an item, at the most. */
  readonly sizeOf: (item: T) => number;
  /** Where what cannot be sent before the process ends is kept for the next start. */
  readonly spool?: Pick<Spool, 'write'> | undefined;
}

/**
 * Items between their end and their delivery, bounded in number and in bytes. They are sent in batches, in a turn of the
 * event loop of their own. A batch that is too large for its receiver is halved, as one that cannot be written is, until
 * the item at fault is alone.
 */
export class ExportQueue<T> {
  private waiting: T[] = [];
  /** Estimated bytes of what waits, and of that and what is in flight. */
  private waitingBytes = 0;
  private bytes = 0;
  private readonly inFlight = new Set<Promise<void>>();
  /** What of the batches in flight has no answer. */
  private readonly unanswered = new Set<readonly T[]>();
  private stopTimer: Stop | undefined;
  private stopTurn: Stop | undefined;
  private ending = false;
  /** Flushes under way for which the process waits to end. */
  private lastFlushes = 0;
  private readonly aborted = new AbortController();

  constructor(private readonly options: ExportQueueOptions<T>) {}

  /** Whether no item more is taken, however small; the one that is asked for is then counted as lost. */
  refuses(): boolean {
    const { ledger, limits } = this.options;
    if (!ledger.open()) return true;
    if (ledger.pending < limits.maxQueueSize) return false;
    ledger.full(`${limits.maxQueueSize} items`);
    return true;
  }

  add(item: T): void {
    const { ledger, limits, sizeOf } = this.options;
    if (this.refuses()) return;
    const size = sizeOf(item);
    if (this.bytes + size > limits.maxQueueBytes) return ledger.full(`${limits.maxQueueBytes} bytes`);
    ledger.taken();
    this.waiting.push(item);
    this.waitingBytes += size;
    this.bytes += size;
    if (this.waiting.length >= limits.maxExportBatchSize || this.waitingBytes >= MAX_BATCH_BYTES) {
      this.stopTurn ??= soon(() => this.sendFull());
    } else {
      this.stopTimer ??= after(limits.scheduledDelayMillis, () => this.sendAll());
    }
  }

  /** Sends what waits now; settles when it and all that is in flight has an answer. Never rejects. */
  async flush(): Promise<void> {
    this.stopTimers();
    for (let left = this.waiting.length; left > 0 && this.waiting.length > 0;) {
      if (this.inFlight.size < MAX_IN_FLIGHT) left -= this.sendNext();
      else await Promise.race(this.inFlight);
    }
    await Promise.all(this.inFlight);
  }

  /** The same for a process that is about to end: a connection that is refused is not tried again. Never rejects. */
  async flushLast(): Promise<void> {
    this.lastFlushes++;
    this.options.ledger.gather();
    await this.flush();
    this.options.ledger.finish();
    this.lastFlushes--;
  }

  /** Takes nothing more, and sends what waits; a connection that is refused is not tried again. Never rejects. */
  async shutdown(): Promise<void> {
    this.ending = true;
    this.options.ledger.end();
    await this.flush();
    this.options.sender.close();
    this.options.ledger.finish();
  }

  /** Gives up what is pending, and why. With a spool it is kept for the next start, as far as there is room. */
  abandon(why: string): void {
    this.ending = true;
    if (this.options.spool !== undefined) this.spoolPending();
    const { lastFailure } = this.options.sender;
    this.options.ledger.abandon(lastFailure === undefined ? why : `${why}; before: ${lastFailure}`);
    this.waiting = [];
    this.waitingBytes = 0;
    this.aborted.abort();
    this.options.sender.close();
    this.stopTimers();
  }

  private spoolPending(): void {
    for (const batch of this.unanswered) this.spool(batch);
    const { maxExportBatchSize } = this.options.limits;
    for (let from = 0; from < this.waiting.length; from += maxExportBatchSize) {
      this.spool(this.waiting.slice(from, from + maxExportBatchSize));
    }
  }

  private spool(batch: readonly T[]): void {
    const { spool, ledger, encode } = this.options;
    try {
      if (spool?.write(encode(batch), batch.length)) ledger.spooled(batch.length);
    } catch {
      // One that cannot be written is counted with what has no room.
    }
  }

  /** Full batches now; what remains waits for its time, or for a batch to come back. */
  private sendFull(): void {
    this.stopTurn = undefined;
    const { maxExportBatchSize } = this.options.limits;
    while (
      this.inFlight.size < MAX_IN_FLIGHT &&
      (this.waiting.length >= maxExportBatchSize || this.waitingBytes >= MAX_BATCH_BYTES)
    ) {
      this.sendNext();
    }
    if (this.waiting.length > 0) {
      this.stopTimer ??= after(this.options.limits.scheduledDelayMillis, () => this.sendAll());
    }
  }

  private sendAll(): void {
    this.stopTimers();
    while (this.waiting.length > 0 && this.inFlight.size < MAX_IN_FLIGHT) this.sendNext();
  }

  /** Sends one batch; returns how many items are in it. */
  private sendNext(): number {
    const { limits, sizeOf } = this.options;
    let size = 0;
    let items = 0;
    for (const item of this.waiting) {
      const one = sizeOf(item);
      if (items === limits.maxExportBatchSize || (items > 0 && size + one > MAX_BATCH_BYTES)) break;
      size += one;
      items++;
    }
    const batch = this.waiting.splice(0, items);
    this.waitingBytes -= size;
    const sent: Promise<void> = this.send(batch).finally(() => {
      this.bytes -= size;
      this.inFlight.delete(sent);
      this.sendFull();
    });
    this.inFlight.add(sent);
    return items;
  }

  /** Never rejects. */
  private async send(batch: readonly T[]): Promise<void> {
    const { sender, ledger, encode, spool } = this.options;
    let message: Uint8Array;
    try {
      message = encode(batch);
    } catch {
      return batch.length > 1 ? this.sendHalves(batch) : ledger.unwritable();
    }
    const { signal } = this.aborted;
    const ending = (): boolean => this.ending || this.lastFlushes > 0;
    this.unanswered.add(batch);
    const delivery = await sender.send(message, { signal, ending });
    this.unanswered.delete(batch);
    switch (delivery.outcome) {
      case 'delivered':
        return ledger.delivered(batch.length, delivery.rejected, delivery.reason);
      case 'failed':
        if (ending() && !signal.aborted && spool?.write(message, batch.length)) {
          return ledger.spooled(batch.length, delivery.reason);
        }
        return ledger.failed(batch.length, delivery.reason);
      case 'too_large':
        if (batch.length > 1) return this.sendHalves(batch);
        return ledger.failed(1, `too large for the receiver, with ${message.length} bytes`);
    }
  }

  private async sendHalves(batch: readonly T[]): Promise<void> {
    const middle = batch.length >>> 1;
    const second = batch.slice(middle);
    this.unanswered.add(second);
    await this.send(batch.slice(0, middle));
    await this.send(second);
    this.unanswered.delete(second);
  }

  private stopTimers(): void {
    this.stopTimer?.();
    this.stopTurn?.();
    this.stopTimer = undefined;
    this.stopTurn = undefined;
  }
}
