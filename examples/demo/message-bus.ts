import type { AmbMetrics } from '../../src/index.js';
import { PRIORITIES, type DeadLetterReason, type Priority } from '../../src/semconv/index.js';
import type { WriteAheadLog } from './write-ahead-log.js';

export interface Message {
  readonly topic: string;
  /** @defaultValue `normal` */
  readonly priority?: Priority;
  readonly body: Readonly<Record<string, unknown>>;
  /** A message that waits longer is not delivered any more. @defaultValue no limit */
  readonly ttlSeconds?: number;
}
export interface Topic {
  /** Most messages that wait; past it the topic rejects. */
  readonly capacity: number;
  /** Says what is wrong with a body, if anything. */
  readonly validate?: (body: Message['body']) => string | undefined;
  /** Takes one message; what it throws is retried, a {@link PoisonMessage} is not. */
  readonly handle: (message: Message) => void | Promise<void>;
}
/** Thrown by a handler that will never be able to take the message. */
export class PoisonMessage extends Error {
  override readonly name = 'PoisonMessage';
}

interface Queued extends Message {
  readonly id: number;
  readonly priority: Priority;
  readonly publishedAt: number;
  attempts: number;
}
interface Lane extends Topic {
  readonly waiting: Queued[];
  pressed: boolean;
  pumping: Promise<void> | undefined;
}

const MAX_ATTEMPTS = 3;
/** Filled so far, a topic pushes back; emptied so far, it stops. */
const PRESSED_FROM = 0.8;
const RELIEVED_AT = 0.5;

/**
 * An in-process bus: bounded topics, the most urgent message first and the oldest of those, one delivery at a time a
 * topic, retries, and a dead-letter queue that says why.
 */
export class MessageBus {
  readonly totals = { published: 0, delivered: 0, deadLetters: 0 };
  private readonly lanes = new Map<string, Lane>();
  private nextId = 1;

  constructor(
    private readonly amb: AmbMetrics,
    private readonly wal: WriteAheadLog,
    private readonly clock: () => number = () => performance.now(),
  ) {
    amb.observeBroker('in-process', () => true);
    amb.observePersistence(() => wal.enabled);
    amb.observeWalPending(() => wal.pending);
  }

  addTopic(name: string, topic: Topic): void {
    this.lanes.set(name, { ...topic, waiting: [], pressed: false, pumping: undefined });
    this.amb.observeQueueDepth(name, () => this.depth(name));
  }

  depth(topic: string): number {
    return this.lanes.get(topic)?.waiting.length ?? 0;
  }

  /** Queues a message. `pressed`: the publisher should slow down; `refused`: the message is a dead letter. */
  publish(message: Message): 'accepted' | 'pressed' | 'refused' {
    const started = this.clock();
    const { topic, priority = 'normal', body } = message;
    const lane = this.lanes.get(topic);
    if (lane === undefined || lane.validate?.(body) !== undefined)
      return this.refuse(topic, 'validation_error');
    if (lane.waiting.length >= lane.capacity) return this.refuse(topic, 'rejected');
    const queued = { ...message, id: this.nextId++, priority, publishedAt: started, attempts: 0 };
    this.wal.append(queued.id, { topic, priority, body });
    this.enqueue(lane, queued);
    this.totals.published += 1;
    this.amb.recordPublished({ topic, priority, durationSeconds: (this.clock() - started) / 1000 });
    if (!lane.pressed && lane.waiting.length >= lane.capacity * PRESSED_FROM) {
      lane.pressed = true;
      this.amb.recordBackpressure({ topic });
    }
    return lane.pressed ? 'pressed' : 'accepted';
  }

  /** Settles when nothing waits any more. */
  async idle(): Promise<void> {
    const pumps = () => [...this.lanes.values()].flatMap(({ pumping }) => pumping ?? []);
    for (let busy = pumps(); busy.length > 0; busy = pumps()) await Promise.all(busy);
  }

  private enqueue(lane: Lane, message: Queued): void {
    const urgency = urgencyOf(message);
    const place = lane.waiting.findIndex((other) => urgencyOf(other) < urgency);
    lane.waiting.splice(place < 0 ? lane.waiting.length : place, 0, message);
    lane.pumping ??= this.pump(lane);
  }

  private async pump(lane: Lane): Promise<void> {
    await new Promise(setImmediate); // a burst is sorted before its first message leaves
    for (let next = lane.waiting.shift(); next !== undefined; next = lane.waiting.shift()) {
      if (lane.waiting.length <= lane.capacity * RELIEVED_AT) lane.pressed = false;
      await this.deliver(lane, next);
    }
    lane.pumping = undefined;
  }

  private async deliver(lane: Lane, message: Queued): Promise<void> {
    const { topic, priority, publishedAt, ttlSeconds = Infinity } = message;
    if ((this.clock() - publishedAt) / 1000 > ttlSeconds) return this.giveUp(message, 'expired');
    try {
      message.attempts += 1;
      await lane.handle(message);
    } catch (error) {
      this.amb.recordDeliveryFailure({ topic, reason: 'handler_error' });
      if (error instanceof PoisonMessage) return this.bury(message, 'handler_error');
      if (message.attempts >= MAX_ATTEMPTS) return this.giveUp(message, 'max_retries');
      return this.enqueue(lane, message);
    }
    this.wal.settle(message.id);
    this.totals.delivered += 1;
    this.amb.recordDelivered({ topic, priority, durationSeconds: (this.clock() - publishedAt) / 1000 });
  }

  private giveUp(message: Queued, reason: DeadLetterReason): void {
    this.amb.recordDeliveryFailure({ topic: message.topic, reason });
    this.bury(message, reason);
  }

  private bury(message: Queued, reason: DeadLetterReason): void {
    this.wal.settle(message.id);
    this.refuse(message.topic, reason);
  }

  private refuse(topic: string, reason: DeadLetterReason): 'refused' {
    this.totals.deadLetters += 1;
    this.amb.recordDeadLetter({ topic, reason });
    return 'refused';
  }
}

/** The registry lists priorities from the least urgent to the most. */
const urgencyOf = ({ priority }: Queued): number => PRIORITIES.indexOf(priority);
