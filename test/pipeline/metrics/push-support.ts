import type { MetricSender } from '../../../src/pipeline/metrics/metric-delivery.js';
import type { OtlpTarget } from '../../../src/pipeline/otlp/otlp-target.js';
import type { Delivery, SendOptions as Options } from '../../../src/pipeline/otlp/otlp-sender.js';
import { decodeMetricsRequest, type DecodedMetric } from '../../support/otlp-decode.js';

export const DELIVERED: Delivery = { outcome: 'delivered', rejected: 0 };
export const TOO_LARGE: Delivery = { outcome: 'too_large' };
export const failed = (reason: string): Delivery => ({ outcome: 'failed', reason });

/** As pushes give them: all of them. */
type SendOptions = Required<Options>;

/** An endpoint that answers as it is told, and keeps what it was sent. */
export class FakeSender implements MetricSender {
  readonly target;
  readonly messages: Uint8Array[] = [];
  /** What the endpoint took. */
  readonly taken: Uint8Array[] = [];
  readonly options: SendOptions[] = [];
  closed = 0;
  answer: (message: Uint8Array, options: SendOptions) => Delivery | Promise<Delivery> = () => DELIVERED;

  constructor(protocol: OtlpTarget['protocol'] = 'http/protobuf') {
    this.target = { protocol, shown: 'http://collector:4318/v1/metrics' };
  }

  async send(message: Uint8Array, options: SendOptions): Promise<Delivery> {
    this.messages.push(message);
    this.options.push(options);
    const delivery = await this.answer(message, options);
    if (delivery.outcome === 'delivered') this.taken.push(message);
    return delivery;
  }

  close(): void {
    this.closed++;
  }

  /** What the endpoint took since the last call. */
  decoded(): DecodedMetric[] {
    return this.taken.splice(0).flatMap((message) => decodeMetricsRequest(message));
  }
}

export const pushTo = (
  sender: MetricSender,
  more: { temporality?: 'cumulative' | 'delta' | 'lowmemory' } = {},
) => ({
  sender,
  intervalMillis: 60_000,
  timeoutMillis: 30_000,
  temporality: 'cumulative' as const,
  ...more,
});
