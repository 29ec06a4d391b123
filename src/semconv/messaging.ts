/**
 * Attributes of the spans on the message bus.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export const ATTR_MESSAGING_SYSTEM = 'messaging.system';
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
/** Of batches alone: a span of one message has none. */
export const ATTR_MESSAGING_BATCH_MESSAGE_COUNT = 'messaging.batch.message_count';

/** The `messaging.system` of a bus that has not said which it is. */
export const OWN_MESSAGING_SYSTEM = 'agent_os';

/** The spans on the bus: their name begins with the operation, the topic follows. */
export const BUS_OPERATIONS = {
  publish: 'send',
  process: 'process',
} as const;
export type BusOperation = keyof typeof BUS_OPERATIONS;
