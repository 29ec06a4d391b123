import { isThenable, promiseOf } from '../common/outcome.js';
import { ATTR_REASON, ATTR_TOPIC } from '../semconv/attributes.js';
import type { MetricName } from '../semconv/metrics.js';
import type { DeadLetterReason, Priority } from '../semconv/values.js';
import { AMB_KEYS } from './call-keys.js';
import { dropCall, isFunction, timedCall } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import type { Observe, TypedGauge } from './typed-gauge.js';

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
  readonly registry: Instruments;
  private readonly instruments;
  private readonly queueDepth: TypedGauge<'amb_queue_depth'>;
  private readonly broker: TypedGauge<'amb_broker_connected'>;
  private readonly persistence: TypedGauge<'amb_persistence_enabled'>;
  private readonly walPending: TypedGauge<'amb_wal_messages_pending'>;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
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
    try {
      const { topic, priority = 'normal', durationSeconds } = message;
      heedKeys(this, AMB_KEYS.recordPublished, message);
      this.instruments.published.add(1, priority, topic);
      if (durationSeconds !== undefined) this.instruments.publishDuration.record(durationSeconds, { topic });
    } catch (error) {
      dropCall(this, 'AmbMetrics.recordPublished', error);
    }
  }

  /** Counts a delivered message and, where timed, how long it was on its way. */
  recordDelivered(message: MessagePassage): void {
    try {
      const { topic, priority = 'normal', durationSeconds } = message;
      heedKeys(this, AMB_KEYS.recordDelivered, message);
      this.instruments.delivered.add(1, priority, topic);
      if (durationSeconds !== undefined) this.instruments.deliveryDuration.record(durationSeconds, { topic });
    } catch (error) {
      dropCall(this, 'AmbMetrics.recordDelivered', error);
    }
  }

  /** Publishes by `send`: timed and counted; one that throws is not counted as published. */
  publish<T>(message: { topic: string; priority?: Priority }, send: () => T): T {
    return timedCall(this, 'AmbMetrics.publish', send, (outcome, durationSeconds) => {
      if (outcome.threw) return;
      // Not spread: a text has a member for each character.
      const { topic, priority = 'normal' } = message ?? {};
      heedKeys(this, AMB_KEYS.publish, message);
      this.recordPublished({ topic, priority, durationSeconds });
    });
  }

  /** Delivers by `handle`: timed and counted; one that throws is a delivery failure for `handler_error`. */
  deliver<T>(message: { topic: string; priority?: Priority }, handle: () => T): T {
    return timedCall(this, 'AmbMetrics.deliver', handle, (outcome, durationSeconds) => {
      if (outcome.threw)
        return this.recordDeliveryFailure({ topic: message?.topic, reason: 'handler_error' });
      const { topic, priority = 'normal' } = message ?? {};
      heedKeys(this, AMB_KEYS.deliver, message);
      this.recordDelivered({ topic, priority, durationSeconds });
    });
  }

  /** Counts a delivery that failed. */
  recordDeliveryFailure(failure: { topic: string; reason: DeadLetterReason }): void {
    try {
      this.instruments.failures.add(1, failure);
      if (failure.topic === undefined || failure.reason === undefined)
        AMB_KEYS.recordDeliveryFailure.missed(this, failure);
    } catch (error) {
      dropCall(this, 'AmbMetrics.recordDeliveryFailure', error);
    }
  }

  /** Counts that a topic began to push back. */
  recordBackpressure(topic: { topic: string }): void {
    try {
      this.instruments.backpressure.add(1, topic);
      if (topic.topic === undefined) AMB_KEYS.recordBackpressure.missed(this, topic);
    } catch (error) {
      dropCall(this, 'AmbMetrics.recordBackpressure', error);
    }
  }

  /** Counts a message moved to the dead-letter queue, and emits it as an event. */
  recordDeadLetter(letter: { topic: string; reason: DeadLetterReason }): void {
    try {
      this.instruments.deadLetters.add(1, letter);
      if (letter.topic === undefined || letter.reason === undefined)
        AMB_KEYS.recordDeadLetter.missed(this, letter);
      const { topic, reason } = letter;
      this.registry.events.emit('agent_os.dead_letter', { [ATTR_TOPIC]: topic, [ATTR_REASON]: reason });
    } catch (error) {
      dropCall(this, 'AmbMetrics.recordDeadLetter', error);
    }
  }

  /** Asks `depth` for the messages that wait in a topic. */
  observeQueueDepth(topic: string, depth: () => number | Promise<number>): () => void {
    const method = 'AmbMetrics.observeQueueDepth';
    return this.observe(method, this.queueDepth, depth, (count, observe) => observe(count, { topic }));
  }

  /** Asks `connected` whether a broker is connected. */
  observeBroker(broker: string, connected: () => boolean | Promise<boolean>): () => void {
    const method = 'AmbMetrics.observeBroker';
    return this.observe(method, this.broker, connected, (is, observe) => observe(is ? 1 : 0, { broker }));
  }

  /** Asks `enabled` whether messages are persisted. */
  observePersistence(enabled: () => boolean | Promise<boolean>): () => void {
    const method = 'AmbMetrics.observePersistence';
    return this.observe(method, this.persistence, enabled, (is, observe) => observe(is ? 1 : 0, {}));
  }

  /** Asks `pending` for the messages in the write-ahead log. */
  observeWalPending(pending: () => number | Promise<number>): () => void {
    const method = 'AmbMetrics.observeWalPending';
    return this.observe(method, this.walPending, pending, (count, observe) => observe(count, {}));
  }

  private observe<N extends MetricName, T>(
    method: string,
    gauge: TypedGauge<N>,
    ask: () => T | Promise<T>,
    report: (answer: T, observe: Observe<N>) => void,
  ): () => void {
    if (!isFunction(this, method, ask)) return () => {};
    return gauge.addSource((observe) => {
      const answer = ask();
      if (!isThenable(answer)) return report(answer, observe);
      return promiseOf(answer as PromiseLike<T>).then((settled) => report(settled, observe));
    });
  }
}

function heedKeys(
  recorder: AmbMetrics,
  keys: (typeof AMB_KEYS)['recordPublished'],
  message: MessagePassage,
): void {
  if (message?.topic === undefined) keys.missed(recorder, message);
  else if (message.priority === undefined || message.durationSeconds === undefined)
    keys.omitted(recorder, message);
}
