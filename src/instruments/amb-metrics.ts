import { secondsSince, type Clock } from '../common/clock.js';
import { isThenable, observeOutcome, promiseOf } from '../common/outcome.js';
import type { DeadLetterReason, Priority } from '../semconv/values.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import { neverThrowing } from './never-throwing.js';
import type { TypedGauge } from './typed-gauge.js';

/** A message on its way: `durationSeconds` where it was timed. */
export interface MessagePassage {
  topic: string;
  /** @defaultValue `normal` */
  priority?: Priority;
  durationSeconds?: number;
}

/**
 * Metrics of the agent message bus (AMB). API only; no method throws. The `observe…` methods take functions that are
 * asked at each collection and return the function that ends it.
 *
 * @example
 * ```ts
 * const amb = new AmbMetrics();
 * amb.recordPublished({ topic: 'claims', priority: 'high', durationSeconds: 0.002 });
 * const stop = amb.observeQueueDepth('claims', () => 3);
 * ```
 */
export class AmbMetrics {
  /** @internal */
  readonly drops: DropLog;
  private readonly clock: Clock;
  private readonly instruments;
  private readonly queueDepth: TypedGauge<'amb_queue_depth'>;
  private readonly broker: TypedGauge<'amb_broker_connected'>;
  private readonly persistence: TypedGauge<'amb_persistence_enabled'>;
  private readonly walPending: TypedGauge<'amb_wal_messages_pending'>;

  constructor(options: InstrumentOptions | Instruments = {}) {
    const make = Instruments.of(options);
    this.drops = make.drops;
    this.clock = make.clock;
    this.instruments = {
      published: make.counter('amb_messages_published_total').by('priority', 'topic'),
      delivered: make.counter('amb_messages_delivered_total').by('priority', 'topic'),
      failures: make.counter('amb_delivery_failures_total'),
      backpressure: make.counter('amb_backpressure_activated_total'),
      publishDuration: make.histogram('amb_publish_duration_seconds'),
      deliveryDuration: make.histogram('amb_delivery_duration_seconds'),
      deadLetters: make.counter('amb_dlq_messages_total'),
    };
    this.queueDepth = make.gauge('amb_queue_depth');
    this.broker = make.gauge('amb_broker_connected');
    this.persistence = make.gauge('amb_persistence_enabled');
    this.walPending = make.gauge('amb_wal_messages_pending');
  }

  /** Counts a published message and, where timed, how long publishing took. */
  recordPublished(message: MessagePassage): void {
    const { topic, priority = 'normal', durationSeconds } = message;
    this.instruments.published.add(1, priority, topic);
    if (durationSeconds !== undefined) this.instruments.publishDuration.record(durationSeconds, { topic });
  }

  /** Counts a delivered message and, where timed, how long it was on its way. */
  recordDelivered(message: MessagePassage): void {
    const { topic, priority = 'normal', durationSeconds } = message;
    this.instruments.delivered.add(1, priority, topic);
    if (durationSeconds !== undefined) this.instruments.deliveryDuration.record(durationSeconds, { topic });
  }

  /** Publishes by `send`: timed and counted; one that throws is not counted as published. */
  publish<T>(message: { topic: string; priority?: Priority }, send: () => T): T {
    const start = this.clock();
    return observeOutcome(send, (outcome) => {
      if (!outcome.threw)
        this.recordPublished({ ...message, durationSeconds: secondsSince(this.clock, start) });
    });
  }

  /** Delivers by `handle`: timed and counted; one that throws is a delivery failure for `handler_error`. */
  deliver<T>(message: { topic: string; priority?: Priority }, handle: () => T): T {
    const start = this.clock();
    return observeOutcome(handle, (outcome) => {
      if (outcome.threw) this.recordDeliveryFailure({ topic: message?.topic, reason: 'handler_error' });
      else this.recordDelivered({ ...message, durationSeconds: secondsSince(this.clock, start) });
    });
  }

  /** Counts a delivery that failed. */
  recordDeliveryFailure(failure: { topic: string; reason: DeadLetterReason }): void {
    this.instruments.failures.add(1, failure);
  }

  /** Counts that a topic began to push back. */
  recordBackpressure(topic: { topic: string }): void {
    this.instruments.backpressure.add(1, topic);
  }

  /** Counts a message moved to the dead-letter queue. */
  recordDeadLetter(letter: { topic: string; reason: DeadLetterReason }): void {
    this.instruments.deadLetters.add(1, letter);
  }

  /** Asks `depth` for the messages that wait in a topic. */
  observeQueueDepth(topic: string, depth: () => number | Promise<number>): () => void {
    return this.queueDepth.addSource((observe) => reported(depth(), (value) => observe(value, { topic })));
  }

  /** Asks `connected` whether a broker is connected. */
  observeBroker(broker: string, connected: () => boolean | Promise<boolean>): () => void {
    return this.broker.addSource((observe) =>
      reported(connected(), (value) => observe(value ? 1 : 0, { broker })),
    );
  }

  /** Asks `enabled` whether messages are persisted. */
  observePersistence(enabled: () => boolean | Promise<boolean>): () => void {
    return this.persistence.addSource((observe) =>
      reported(enabled(), (value) => observe(value ? 1 : 0, {})),
    );
  }

  /** Asks `pending` for the messages in the write-ahead log. */
  observeWalPending(pending: () => number | Promise<number>): () => void {
    return this.walPending.addSource((observe) => reported(pending(), (value) => observe(value, {})));
  }
}
neverThrowing(AmbMetrics);

function reported<T>(value: T | Promise<T>, observe: (value: T) => void): void | Promise<void> {
  return isThenable(value) ? promiseOf(value as PromiseLike<T>).then(observe) : observe(value);
}
