import type { Clock } from '../../common/clock.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { OutageLog } from '../../diagnostics/outage-log.js';
import type { DropReason, TelemetrySignal } from '../../semconv/values.js';

export interface DeliveryLedgerOptions {
  readonly signal: TelemetrySignal;
  /** What one item is called, and several. */
  readonly nouns: readonly [one: string, several: string];
  /** Where they go, as it may be shown. */
  readonly shown: string;
  readonly drops: DropLog;
  readonly clock?: Clock;
}

/**
 * Keeps count of every item from its end to its delivery: what was made is what was received and what is counted here.
 * Each loss is counted once and said once for each cause; when delivery resumes, one line says what was lost.
 */
export class DeliveryLedger {
  private readonly outage: OutageLog;
  private waiting = 0;
  private lastFailed = false;
  private abandoned = false;
  private ended = false;
  private gathering = false;
  private lostAtEnd = 0;
  private spooledAtEnd = 0;
  private reasonAtEnd: string | undefined;

  constructor(private readonly options: DeliveryLedgerOptions) {
    this.outage = new OutageLog(options.drops, options.clock);
  }

  /** Items that wait or are in flight. */
  get pending(): number {
    return this.waiting;
  }

  /** Whether the last batch failed. */
  get failing(): boolean {
    return this.lastFailed;
  }

  /** Whether items are still taken; one that comes after the end is counted as lost. */
  open(): boolean {
    if (!this.ended) return true;
    const [one] = this.options.nouns;
    const message = `a ${one} ended after shutdown; it was not delivered.`;
    this.options.drops.dropped(this.options.signal, 'shutdown_timeout', 'late', message);
    return false;
  }

  taken(): void {
    this.waiting++;
  }

  /** An item for which there is no room. */
  full(limit: string): void {
    const [, several] = this.options.nouns;
    this.lost(
      'queue_full',
      1,
      limit,
      () => `the queue of ${several} is full (${limit}); ${several} are dropped`,
    );
  }

  /** An item that cannot be written. */
  unwritable(): void {
    const { signal, nouns, drops } = this.options;
    drops.dropped(signal, 'invalid_value', 'unwritable', `a ${nouns[0]} cannot be written; it was dropped.`);
    this.settle(1);
  }

  /** A batch has arrived; of its items the receiver has rejected some. */
  delivered(items: number, rejected: number, reason: string | undefined): void {
    if (this.abandoned) return;
    const [, several] = this.options.nouns;
    const { shown } = this.options;
    this.lastFailed = rejected > 0;
    if (rejected > 0) {
      const why = reason ?? 'no reason given';
      const lost = Math.min(rejected, items);
      this.lost('export_failed', lost, `rejected: ${why}`, () => `${shown} rejected ${several} (${why})`);
    } else {
      if (reason !== undefined)
        this.options.drops.warn(`answer/${shown}`, `${shown} took ${several}: ${reason}.`);
      this.outage.recovered(
        (lost) => `delivery of ${several} to ${shown} resumed; ${this.amount(lost)} lost until then.`,
      );
    }
    this.settle(items);
  }

  failed(items: number, reason: string): void {
    if (this.abandoned) return; // counted when they were given up
    const [, several] = this.options.nouns;
    const { shown } = this.options;
    this.lastFailed = true;
    this.lost('export_failed', items, reason, () => `${several} could not be sent to ${shown} (${reason})`);
    this.settle(items);
  }

  /** A batch is kept for the next start, since it could not be sent before the process ends. */
  spooled(items: number, reason?: string): void {
    if (this.abandoned) return;
    this.spooledAtEnd += items;
    this.reasonAtEnd ??= reason;
    this.settle(items);
  }

  /** Items that a process before this one had kept are sent, or lost. */
  ofBefore(items: number, lost: number, reason: string): void {
    const { signal, shown, drops } = this.options;
    drops.counted(signal, 'export_failed', lost);
    const what = `of a process before this one ${this.amount(items)} sent to ${shown}`;
    drops.warn(
      `spool/${shown}/${lost > 0 && reason}`,
      lost > 0 ? `${what}, ${lost} were lost (${reason}).` : `${what}.`,
    );
  }

  /** What fails from now on is said by `finish`, as one. */
  gather(): void {
    this.gathering = true;
  }

  /** Takes nothing more, and gathers what fails. */
  end(): void {
    this.ended = true;
    this.gather();
  }

  /** Says what was lost, or kept, since `gather`. */
  finish(): void {
    this.gathering = this.ended;
    const { drops, shown } = this.options;
    const because = this.reasonAtEnd === undefined ? '' : `: ${this.reasonAtEnd}`;
    if (this.spooledAtEnd > 0)
      drops.say(
        `${this.amount(this.spooledAtEnd)} not delivered to ${shown} yet, and kept for the next start${because}.`,
      );
    if (this.lostAtEnd > 0) drops.say(`${this.amount(this.lostAtEnd)} not delivered to ${shown}${because}.`);
    this.lostAtEnd = this.spooledAtEnd = 0;
    this.reasonAtEnd = undefined;
  }

  /** Gives up what is pending, and takes nothing more. */
  abandon(why: string): void {
    this.abandoned = true;
    this.end();
    this.reasonAtEnd ??= why;
    this.finish();
    if (this.waiting === 0) return;
    const { signal, drops, shown } = this.options;
    const message = `${this.amount(this.waiting)} not delivered to ${shown}: ${why}.`;
    drops.dropped(signal, 'shutdown_timeout', 'shutdown', message, this.waiting);
    this.waiting = 0;
  }

  private lost(reason: DropReason, items: number, cause: string, what: () => string): void {
    const { signal, drops } = this.options;
    drops.counted(signal, reason, items);
    if (this.gathering) {
      this.lostAtEnd += items;
      this.reasonAtEnd ??= cause;
      return;
    }
    this.outage.failed(cause, items, () => `${what()}; what is lost is counted.`);
  }

  private settle(items: number): void {
    this.waiting = Math.max(0, this.waiting - items);
  }

  private amount(items: number): string {
    const [one, several] = this.options.nouns;
    return items === 1 ? `1 ${one} was` : `${items} ${several} were`;
  }
}
