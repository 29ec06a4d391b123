import { oneOf, open, type MetricDefinition } from './types.js';
import { DEAD_LETTER_REASONS, PRIORITIES } from './values.js';

const BUS_BUCKETS = [0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export const AMB_METRICS = {
  amb_messages_published_total: {
    kind: 'counter',
    unit: '{message}',
    description: 'Messages published to the bus.',
    labels: { priority: oneOf(...PRIORITIES), topic: open },
  },
  amb_messages_delivered_total: {
    kind: 'counter',
    unit: '{message}',
    description: 'Messages delivered by the bus.',
    labels: { priority: oneOf(...PRIORITIES), topic: open },
  },
  amb_delivery_failures_total: {
    kind: 'counter',
    unit: '{failure}',
    description: 'Deliveries that failed.',
    labels: { reason: oneOf(...DEAD_LETTER_REASONS), topic: open },
  },
  amb_queue_depth: {
    kind: 'observableGauge',
    unit: '{message}',
    description: 'Messages that wait in a topic.',
    labels: { topic: open },
    overWorkers: 'sum',
  },
  amb_backpressure_activated_total: {
    kind: 'counter',
    unit: '{activation}',
    description: 'Times a topic began to push back.',
    labels: { topic: open },
  },
  amb_publish_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Time to publish one message.',
    labels: { topic: open },
    buckets: BUS_BUCKETS,
  },
  amb_delivery_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Time from publication to delivery of one message.',
    labels: { topic: open },
    buckets: BUS_BUCKETS,
  },
  amb_dlq_messages_total: {
    kind: 'counter',
    unit: '{message}',
    description: 'Messages moved to the dead-letter queue.',
    labels: { reason: oneOf(...DEAD_LETTER_REASONS), topic: open },
  },
  amb_broker_connected: {
    kind: 'observableGauge',
    unit: '',
    description: 'Whether the broker is connected: 1 or 0.',
    labels: { broker: open },
    overWorkers: 'min',
  },
  amb_persistence_enabled: {
    kind: 'observableGauge',
    unit: '',
    description: 'Whether messages are persisted: 1 or 0.',
    labels: {},
    overWorkers: 'min',
  },
  amb_wal_messages_pending: {
    kind: 'observableGauge',
    unit: '{message}',
    description: 'Messages in the write-ahead log that are not delivered yet.',
    labels: {},
    overWorkers: 'sum',
  },
} as const satisfies Record<string, MetricDefinition>;
