import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';
import type { BUS_KEYS } from '../instruments/call-keys.js';
import type { Recorder } from '../instruments/host-calls.js';
import type { DeadLetterReason, Priority } from '../semconv/values.js';
import type { MessageCarrier } from './carrier.js';
import type { Carried } from './message-contexts.js';

/** What is said of a message on either side of the bus. */
export interface BusMessage {
  readonly topic: string;
  /** @defaultValue `normal` */
  readonly priority?: Priority | undefined;
  /** On spans: `messaging.message.id`. */
  readonly id?: string | undefined;
  /**
   * Which bus it is, in the words of the convention, as `nats`, `kafka` or `rabbitmq`: `messaging.system` of the span.
   * @defaultValue `agent_os`
   */
  readonly system?: string | undefined;
}

/** A message that is published. */
export interface PublishedMessage extends BusMessage {
  /**
   * The headers that go with it; the context is written into them before `send` runs. One that a host has put there itself
   * stays, and the span links to it.
   * @defaultValue a new object, which `send` is given
   */
  readonly carrier?: MessageCarrier | undefined;
  /** Reads a carrier of another form. */
  readonly getter?: TextMapGetter | undefined;
  /** Writes a carrier of another form. */
  readonly setter?: TextMapSetter | undefined;
}

/** A message that is processed. */
export interface ProcessedMessage extends BusMessage {
  /** The headers that came with it. */
  readonly carrier?: MessageCarrier | undefined;
  /** Reads a carrier of another form. */
  readonly getter?: TextMapGetter | undefined;
  /** The first delivery is 1; a later one is marked on the span. */
  readonly deliveryAttempt?: number | undefined;
  /** A message that fails for so many times is a dead letter. @defaultValue none ever is, for failing often */
  readonly maxAttempts?: number | undefined;
  /** From then on the message is not handled any more, but a dead letter. A number is in milliseconds since 1970. */
  readonly expiresAt?: Date | number | undefined;
  /**
   * Why the handler failed. What no retry can help, as `validation_error` and `rejected`, is a dead letter at once.
   * @defaultValue `handler_error`
   */
  readonly failure?: ((error: unknown) => DeadLetterReason) | undefined;
  /**
   * What the span is a child of: the span that published the message, or the one that is active here, as one that received
   * it, with a link to the former. A batch is always a child of what is active.
   * @defaultValue `message`
   */
  readonly parent?: 'message' | 'active' | undefined;
}

/** A message, read once. */
export interface ReadMessage extends Carried {
  readonly topic: string;
  readonly priority: Priority | undefined;
  readonly id: string | undefined;
  readonly system: string | undefined;
}

export interface ReadProcessed extends ReadMessage {
  readonly attempt: number | undefined;
  readonly maxAttempts: number | undefined;
  readonly expired: boolean;
  readonly failure: ((error: unknown) => DeadLetterReason) | undefined;
  readonly parent: 'message' | 'active';
}

/** One message or a batch of them. */
export type OneOrMany<M> = M | readonly M[];

/** What was given, as a list, and read. Throws what reading it throws. */
export function readEach<M, R>(
  given: OneOrMany<M>,
  read: (message: M) => R,
): { batch: boolean; given: M[]; messages: R[] } {
  const batch = Array.isArray(given);
  const list = batch ? [...(given as readonly M[])] : [given as M];
  return { batch, given: list, messages: list.map(read) };
}

export function readPublished(recorder: Recorder, keys: Keys, given: PublishedMessage): ReadMessage {
  const { topic, priority, id, system, carrier = {}, getter, setter } = given ?? {};
  heed(recorder, keys, given);
  return { topic, priority, id, system, carrier, getter, setter };
}

export function readProcessed(recorder: Recorder, keys: Keys, given: ProcessedMessage): ReadProcessed {
  const { topic, priority, id, system, carrier, getter, deliveryAttempt, maxAttempts } = given ?? {};
  const { expiresAt, failure, parent = 'message' } = given ?? {};
  heed(recorder, keys, given);
  const expired = isPast(recorder, expiresAt);
  const attempt = deliveryAttempt;
  return { topic, priority, id, system, carrier, getter, attempt, maxAttempts, expired, failure, parent };
}

type Keys = (typeof BUS_KEYS)['publish'];

function heed(recorder: Recorder, keys: Keys, given: BusMessage): void {
  if (given?.topic === undefined) keys.missed(recorder, given);
  else keys.omitted(recorder, given);
}

/** No message has expired before 1973: it is a time in seconds. */
const NOT_MILLIS = 1e11;

function isPast(recorder: Recorder, expiresAt: Date | number | undefined): boolean {
  if (expiresAt === undefined) return false;
  const millis = Number(expiresAt);
  if (millis >= NOT_MILLIS) return millis <= Date.now();
  recorder.registry.drops.warn(
    'amb.process/expiresAt',
    'obs.amb.process: expiresAt must be a Date or milliseconds since 1970; the message is handled as one that never expires.',
  );
  return false;
}
