import { after, every, type Stop } from '../../common/timers.js';
import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import { Turns } from '../turns.js';
import { observe } from './async-storage.js';
import { MetricDelivery, type MetricSender } from './metric-delivery.js';
import type { MetricStream } from './metric-stream.js';
import type { NativeMeterProvider } from './native-meter.js';
import { PushedStreams } from './pushed-streams.js';
import type { MetricResource } from './reader-shapes.js';
import type { TemporalityPreference } from './temporality.js';

/** Where and how often metrics are pushed. */
export interface MetricPushSettings {
  /** It is closed at the shutdown. */
  readonly sender: MetricSender;
  readonly intervalMillis: number;
  /** Longest time of one push, from asking the callbacks to the last answer; at most the interval. */
  readonly timeoutMillis: number;
  readonly temporality: TemporalityPreference;
}

export interface MetricPushOptions extends MetricPushSettings {
  readonly provider: NativeMeterProvider;
  readonly resource: () => MetricResource;
  readonly drops: DropLog;
  /** Wall clock, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Called at the end of each push. */
  readonly pushed: () => void;
}

/** The first push is soon after the start: a kernel that dies before its first interval is over has been there too. */
const FIRST_MILLIS = 2000;

/** Pushes all metrics by OTLP: on a timer, when it is asked to, and at the end. One push at a time. */
export class MetricPush {
  private readonly streams: PushedStreams;
  private readonly delivery: MetricDelivery;
  private readonly stopTimer: Stop;
  private readonly timeoutMillis: number;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private ended: Promise<void> | undefined;
  private current: AbortController | undefined;
  private ending = false;
  /** Flushes under way for which the process waits to end. */
  private lastFlushes = 0;
  private stopped = false;

  constructor(private readonly options: MetricPushOptions) {
    const { provider, sender, resource, drops, temporality, intervalMillis, timeoutMillis } = options;
    this.timeoutMillis = Math.min(timeoutMillis, intervalMillis);
    this.streams = new PushedStreams(provider, temporality);
    this.delivery = new MetricDelivery(sender, resource, drops);
    const due = (): void => {
      if (this.running === undefined) void this.run();
    };
    const stopFirst = after(Math.min(FIRST_MILLIS, intervalMillis), due);
    const stopInterval = every(intervalMillis, due);
    this.stopTimer = () => {
      stopFirst();
      stopInterval();
    };
  }

  /** Pushes what there is now, after a push that is under way. Those that ask meanwhile share the push. Never rejects. */
  async forceFlush(last = false): Promise<void> {
    if (this.ended !== undefined) return this.ended;
    if (last) this.lastFlushes++;
    await (this.next ??= this.pushNext());
    if (last) this.lastFlushes--;
  }

  /**
   * Pushes the last values, tells that the series have ended, and stops. Deltas that are not delivered then are counted
   * as lost. Never rejects.
   */
  shutdown(): Promise<void> {
    this.ending = true;
    this.stopTimer();
    return (this.ended ??= this.end());
  }

  /** Gives up what is on its way, and pushes nothing more. */
  abandon(): void {
    this.ending = true;
    this.stopped = true;
    this.stopTimer();
    this.current?.abort();
  }

  /** Forgets a row, whose number another series may have next. */
  forget(stream: MetricStream, row: number): void {
    this.streams.forget(stream, row);
  }

  private async pushNext(): Promise<void> {
    await this.running;
    this.next = undefined;
    await this.run();
  }

  private async end(): Promise<void> {
    await (this.next ?? this.running);
    await this.run();
    await this.endSeries();
    this.options.sender.close();
    const lost = this.streams.pending();
    if (lost === 0) return;
    const message = `${this.options.sender.target.shown} did not take the last deltas before the end; they are lost.`;
    this.options.drops.dropped('metrics', 'export_failed', 'push/end', message, lost);
  }

  /** What this process measured is not found beside what the next one does. */
  private async endSeries(): Promise<void> {
    if (this.stopped) return;
    const { signal } = (this.current = new AbortController());
    const stop = after(this.timeoutMillis, () => this.current?.abort());
    try {
      const ended = this.streams.ended(this.options.now());
      await this.delivery.deliverEnd(ended, new Turns(), { signal, ending: () => true });
    } catch {
      // no loss
    }
    stop();
    this.current = undefined;
  }

  private run(): Promise<void> {
    this.running ??= this.push().finally(() => (this.running = undefined));
    return this.running;
  }

  private async push(): Promise<void> {
    if (this.stopped) return;
    const { drops, pushed } = this.options;
    const { signal } = (this.current = new AbortController());
    const stop = after(this.timeoutMillis, () => this.current?.abort());
    try {
      await this.collectAndDeliver(signal);
    } catch (error) {
      drops.warn('push', `pushing metrics failed (${printable(error)}); they go with the next push.`);
    }
    stop();
    this.current = undefined;
    pushed();
  }

  private async collectAndDeliver(signal: AbortSignal): Promise<void> {
    const { drops, now } = this.options;
    const turns = new Turns();
    const { streams } = this;
    const observed = await observe(streams.streams(), this.timeoutMillis);
    if (observed.errors.length > 0) {
      const first = printable(observed.errors[0]);
      drops.warn(
        'push/callback',
        `a callback failed (${first}); its series are absent from a push of metrics.`,
      );
    }
    const metrics = await streams.take(observed, now(), turns);
    await this.delivery.deliver(metrics, turns, {
      signal,
      ending: () => this.ending || this.lastFlushes > 0,
    });
  }
}
