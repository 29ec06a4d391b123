import { AmbMetrics } from '../../src/instruments/index.js';
import { DEAD_LETTER_REASONS, PRIORITIES } from '../../src/semconv/index.js';
import { recording } from './support.js';

function ambOn() {
  const recorded = recording();
  return { ...recorded, amb: new AmbMetrics(recorded.instruments) };
}
const topic = 'claims';
const error = new Error('x');
const fails = () => {
  throw error;
};

test('recordPublished and recordDelivered count by topic and priority, `normal` where not said', async () => {
  const { amb, collect } = ambOn();
  for (const priority of PRIORITIES) amb.recordPublished({ topic, priority });
  amb.recordPublished({ topic, durationSeconds: 0.002 });
  amb.recordDelivered({ topic, priority: 'urgent', durationSeconds: 0.2 });
  amb.recordDelivered({ topic });
  const found = await collect();
  expect(found.find('amb_messages_published_total', { topic, priority: 'critical' })).toBe(1);
  expect(found.find('amb_messages_published_total', { topic, priority: 'normal' })).toBe(2);
  expect(found.find('amb_messages_delivered_total', { topic, priority: 'urgent' })).toBe(1);
  expect(found.find('amb_messages_delivered_total', { topic, priority: 'normal' })).toBe(1);
  expect(found.timed('amb_publish_duration_seconds', { topic })).toEqual({ count: 1, sum: 0.002 });
  expect(found.timed('amb_delivery_duration_seconds', { topic })).toEqual({ count: 1, sum: 0.2 });
});

test('failures and dead letters count by reason, backpressure by topic', async () => {
  const { amb, collect } = ambOn();
  for (const reason of DEAD_LETTER_REASONS) {
    amb.recordDeliveryFailure({ topic, reason });
    amb.recordDeadLetter({ topic, reason });
  }
  amb.recordBackpressure({ topic });
  const found = await collect();
  for (const reason of DEAD_LETTER_REASONS) {
    expect(found.find('amb_delivery_failures_total', { topic, reason })).toBe(1);
    expect(found.find('amb_dlq_messages_total', { topic, reason })).toBe(1);
  }
  expect(found.find('amb_backpressure_activated_total', { topic })).toBe(1);
});

describe('publish', () => {
  test('counts and times what was sent, and gives back what `send` gave', async () => {
    const { amb, collect, clock } = ambOn();
    const receipt = {};
    const given = amb.publish({ topic, priority: 'high' }, () => {
      clock.advance(5);
      return receipt;
    });
    expect(given).toBe(receipt);
    const promise = Promise.resolve(receipt);
    expect(await amb.publish({ topic }, () => promise)).toBe(await promise);
    await promise;
    const found = await collect();
    expect(found.find('amb_messages_published_total', { topic, priority: 'high' })).toBe(1);
    expect(found.find('amb_messages_published_total', { topic, priority: 'normal' })).toBe(1);
    expect(found.timed('amb_publish_duration_seconds', { topic })).toEqual({ count: 2, sum: 0.005 });
  });

  test('counts no message that was not sent', async () => {
    const { amb, collect } = ambOn();
    expect(() => amb.publish({ topic }, fails)).toThrow(error);
    await expect(amb.publish({ topic }, async () => fails())).rejects.toBe(error);
    const found = await collect();
    expect(found.points('amb_messages_published_total')).toEqual([]);
    expect(found.points('amb_publish_duration_seconds')).toEqual([]);
  });
});

describe('deliver', () => {
  test('counts and times what was handled', async () => {
    const { amb, collect, clock } = ambOn();
    expect(
      await amb.deliver({ topic }, async () => {
        clock.advance(30);
        return 'done';
      }),
    ).toBe('done');
    const found = await collect();
    expect(found.find('amb_messages_delivered_total', { topic, priority: 'normal' })).toBe(1);
    expect(found.timed('amb_delivery_duration_seconds', { topic })).toEqual({ count: 1, sum: 0.03 });
  });

  test('counts a handler that throws or rejects as a failure of it, and throws the very same', async () => {
    const { amb, collect } = ambOn();
    expect(() => amb.deliver({ topic }, fails)).toThrow(error);
    await expect(amb.deliver({ topic }, async () => fails())).rejects.toBe(error);
    const found = await collect();
    expect(found.find('amb_delivery_failures_total', { topic, reason: 'handler_error' })).toBe(2);
    expect(found.points('amb_messages_delivered_total')).toEqual([]);
  });

  test('without a message runs the handler all the same', async () => {
    const { amb, collect } = ambOn();
    expect(amb.deliver(null as never, () => 1)).toBe(1);
    expect(() => amb.deliver(undefined as never, fails)).toThrow(error);
    expect(amb.publish(null as never, () => 2)).toBe(2);
    const found = await collect();
    expect(found.find('amb_messages_delivered_total', { topic: 'unknown', priority: 'normal' })).toBe(1);
    expect(found.find('amb_delivery_failures_total', { topic: 'unknown', reason: 'handler_error' })).toBe(1);
    expect(found.find('amb_messages_published_total', { topic: 'unknown', priority: 'normal' })).toBe(1);
  });
});

test('what is observed is asked at each collection, until it ends', async () => {
  const { amb, collect } = ambOn();
  let depth = 3;
  let connected = true;
  const stops = [
    amb.observeQueueDepth(topic, () => depth),
    amb.observeQueueDepth('audit', async () => depth * 2),
    amb.observeBroker('redis', () => connected),
    amb.observePersistence(async () => true),
    amb.observeWalPending(() => depth + 1),
  ];
  let found = await collect();
  expect(found.find('amb_queue_depth', { topic })).toBe(3);
  expect(found.find('amb_queue_depth', { topic: 'audit' })).toBe(6);
  expect(found.find('amb_broker_connected', { broker: 'redis' })).toBe(1);
  expect(found.find('amb_persistence_enabled')).toBe(1);
  expect(found.find('amb_wal_messages_pending')).toBe(4);

  depth = 7;
  connected = false;
  found = await collect();
  expect(found.find('amb_queue_depth', { topic })).toBe(7);
  expect(found.find('amb_broker_connected', { broker: 'redis' })).toBe(0);

  let asked = 0;
  amb.observeWalPending(() => ++asked)();
  for (const stop of stops) stop();
  for (const stop of stops) stop();
  await collect();
  expect(asked).toBe(0);
});

test('an answer that is any thenable is waited for, not taken as it is', async () => {
  const { amb, collect } = ambOn();
  const answering = <T>(value: T) =>
    ({ then: (resolve: (value: T) => void) => resolve(value) }) as unknown as Promise<T>;
  amb.observeBroker('redis', () => answering(false));
  amb.observeQueueDepth(topic, () => answering(8));
  const found = await collect();
  expect(found.find('amb_broker_connected', { broker: 'redis' })).toBe(0);
  expect(found.find('amb_queue_depth', { topic })).toBe(8);
});

test('a source that throws, rejects or is none costs only its own series, counted', async () => {
  const { amb, collect } = ambOn();
  amb.observeQueueDepth('broken', fails);
  amb.observeQueueDepth('rejecting', async () => fails());
  amb.observeQueueDepth('absent', undefined as never);
  amb.observeQueueDepth(topic, () => 2);
  amb.observeQueueDepth('nonsense', () => NaN);
  amb.observeQueueDepth('text', () => '5' as never);
  await collect();
  const found = await collect();
  expect(found.errors).toEqual([]);
  expect(found.points('amb_queue_depth').map(({ labels, value }) => [labels['topic'], value])).toEqual([
    [topic, 2],
  ]);
  const drop = (reason: string) =>
    found.find('agent_os_telemetry_dropped_total', { signal: 'metrics', reason });
  expect(drop('callback_failed')).toBeGreaterThanOrEqual(3);
  expect(drop('invalid_value')).toBeGreaterThanOrEqual(2);
});
