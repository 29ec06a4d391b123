import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import { OutageLog } from '../../diagnostics/outage-log.js';
import { JsonWriter } from '../otlp/json-writer.js';
import type { MessageWriter } from '../otlp/message-writer.js';
import type { Delivery, OtlpSender, SendOptions } from '../otlp/otlp-sender.js';
import { ProtobufWriter } from '../otlp/protobuf-writer.js';
import type { Turns } from '../turns.js';
import {
  FIRST_POSITION,
  type MessagePart,
  type MetricsMessage,
  type Position,
  settle,
  writeMetrics,
} from './metric-messages.js';
import type { PushedMetrics } from './pushed-streams.js';
import type { MetricResource } from './reader-shapes.js';

/** What of a sender pushes need. */
export interface MetricSender extends Pick<OtlpSender, 'send' | 'close'> {
  readonly target: Pick<OtlpSender['target'], 'protocol' | 'shown'>;
}

/**
 * Longest message. Servers of gRPC take 4 MiB if nobody tells them otherwise, but the system takes a message in one piece,
 * during which nothing else runs: the longest stall of a push in messages of 3.5 MiB was twice that of one in these.
 */
const MAX_BYTES = 2 ** 20;
/** Messages do not become shorter than this for good, whatever an endpoint says. */
const MIN_BYTES = 32 * 1024;
/** Single points that are too large for the endpoint, after which the rest of a push is not tried. */
const MAX_REFUSED_POINTS = 16;

/** Delivers the metrics of pushes, in as many messages as the endpoint makes necessary. */
export class MetricDelivery {
  private writer: MessageWriter;
  private readonly outage: OutageLog;
  private maxBytes = MAX_BYTES;
  /** Whether the last message was not delivered. */
  private failing = false;

  constructor(
    private readonly sender: MetricSender,
    private readonly resource: () => MetricResource,
    private readonly drops: DropLog,
  ) {
    this.writer = writerFor(sender);
    this.outage = new OutageLog(drops);
  }

  /**
   * Delivers one message after the other until all of them are, or one fails. While the answer to one is awaited the
   * next is written: never more than these two are held.
   */
  async deliver(pushed: PushedMetrics, turns: Turns, options: SendOptions): Promise<void> {
    const resource = this.resource();
    const write = (from: Position, points = Infinity): Promise<MetricsMessage | undefined> =>
      this.write(pushed, resource, { from, limit: { points, bytes: this.maxBytes }, turns });
    let from: Position = FIRST_POSITION;
    let refused = 0;
    /** Points of the next messages, where one was too large; the next one is the last here. */
    const parts: number[] = [];
    let message = await write(from);
    while (message !== undefined) {
      const { bytes, points, end } = message;
      const sent = this.sender.send(bytes, options);
      // Not while an endpoint is down, where it would be in vain, and not while it is sought how much it takes.
      const ahead = this.failing || parts.length > 0 ? undefined : turns.next().then(() => write(end));
      const [delivery] = await Promise.all([sent, ahead?.then(nothing, nothing)]);
      if (delivery.outcome === 'failed') return this.failed(delivery.reason, options);
      if (delivery.outcome === 'too_large' && points > 1) {
        parts.push(Math.floor(points / 2), Math.ceil(points / 2));
        this.maxBytes = Math.min(this.maxBytes, Math.max(MIN_BYTES, bytes.length / 2));
      } else {
        settle(pushed, from, end);
        from = end;
        if (delivery.outcome === 'delivered') this.delivered(delivery);
        else this.tooLarge(bytes.length);
        if (delivery.outcome === 'too_large' && ++refused >= MAX_REFUSED_POINTS) {
          return this.failed('messages are too large', options);
        }
      }
      message = from === end && ahead !== undefined ? await ahead : await write(from, parts.pop());
    }
  }

  private async write(
    pushed: PushedMetrics,
    resource: MetricResource,
    part: MessagePart,
  ): Promise<MetricsMessage | undefined> {
    try {
      return await writeMetrics(this.writer, resource, pushed, part);
    } catch (error) {
      this.writer = writerFor(this.sender); // half a message is in the one before
      throw error;
    }
  }

  /**
   * Tells the endpoint that series have ended, if it took their last values. That it does not learn of it is no loss, and
   * nothing is said: Prometheus forgets them by itself in five minutes.
   */
  async deliverEnd(ended: PushedMetrics, turns: Turns, options: SendOptions): Promise<void> {
    const resource = this.resource();
    const limit = { points: Infinity, bytes: this.maxBytes };
    let from = FIRST_POSITION;
    while (!this.failing) {
      const message = await writeMetrics(this.writer, resource, ended, { from, limit, turns });
      if (message === undefined) return;
      const { outcome } = await this.sender.send(message.bytes, options);
      if (outcome !== 'delivered') return;
      from = message.end;
    }
  }

  /** What is not delivered is not lost: it goes with the next push. */
  private failed(reason: string, { ending }: SendOptions): void {
    this.failing = true;
    const { shown } = this.sender.target;
    const then = ending?.() ? 'there is no further push' : 'they go with the next push';
    this.outage.failed(reason, 0, () => `pushed metrics: ${shown} did not take them (${reason}); ${then}.`);
  }

  private delivered({ rejected, reason }: Delivery & { outcome: 'delivered' }): void {
    this.failing = false;
    const { shown } = this.sender.target;
    this.outage.recovered(() => `pushed metrics: ${shown} takes them again; nothing was lost.`);
    if (rejected === 0) {
      if (reason !== undefined)
        this.drops.warn(`push/answer`, `${this.sender.target.shown} took pushed metrics: ${reason}.`);
      return;
    }
    const why = reason === undefined ? 'no reason given' : printable(reason);
    this.lost(rejected, 'rejected', `rejected points of pushed metrics (${why})`);
  }

  private tooLarge(bytes: number): void {
    this.lost(1, 'too_large', `does not take a message of ${bytes} bytes, which has one point`);
  }

  private lost(count: number, cause: string, what: string): void {
    const message = `${this.sender.target.shown} ${what}; they are lost.`;
    this.drops.dropped('metrics', 'export_failed', `push/${cause}`, message, count);
  }
}

export function writerFor({ target }: Pick<MetricSender, 'target'>): MessageWriter {
  return target.protocol === 'http/json' ? new JsonWriter() : new ProtobufWriter();
}

function nothing(): void {}
