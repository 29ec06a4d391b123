import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AmbMetrics } from '../../src/index.js';
import { activeId, withContextManager } from '../tracing/support.js';
import { busBench, NatsLikeHeaders, throughKafka } from './support.js';

withContextManager();

const topic = 'claims';
const error = new Error('x');
const fails = (): never => {
  throw error;
};
const SOON = Date.now() + 3_600_000;
const PASSED = new Date('2020-01-01');

describe('publish', () => {
  test('counts, times, and has a PRODUCER span by the convention, whose context goes with the message', async () => {
    const { obs, only, onBus, clock } = busBench();
    const carrier: Record<string, string> = {};
    let during: string | undefined;
    const receipt = obs.amb.publish({ topic, priority: 'high', id: 'm-1', system: 'nats', carrier }, () => {
      clock.advance(5);
      during = activeId();
      return carrier['traceparent'];
    });
    const span = only('publish claims');
    expect(span.kind).toBe(SpanKind.PRODUCER);
    expect(span.attributes).toEqual({
      'messaging.system': 'nats',
      'messaging.destination.name': 'claims',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.message.id': 'm-1',
    });
    expect(during).toBe(span.spanId);
    expect(receipt).toBe(`00-${span.traceId}-${span.spanId}-01`);
    expect(await onBus()).toEqual({
      'amb_messages_published_total priority=high,topic=claims': 1,
      'amb_publish_duration_seconds topic=claims': 1,
    });
  });

  test('gives `send` a carrier where the message has none', () => {
    const { obs, only } = busBench();
    const carrier = obs.amb.publish({ topic }, (given) => given);
    const { traceId, spanId } = only('publish claims');
    expect(carrier).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
  });

  test('follows a promise, and counts no message that was not sent', async () => {
    const { obs, only, onBus } = busBench();
    await expect(obs.amb.publish({ topic }, async () => fails())).rejects.toBe(error);
    const span = only('publish claims');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toBe('Error');
    expect(await onBus()).toEqual({});
  });

  test('a context that the host has put into the carrier stays, and the span links to it', () => {
    const { obs, only } = busBench();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const carrier = { traceparent };
    obs.amb.publish({ topic, carrier }, () => {});
    expect(carrier.traceparent).toBe(traceparent);
    expect(only('publish claims').links.map((link) => link.context.traceId)).toEqual([traceId]);
  });

  test('headers that are used again get the context of each message anew', () => {
    const { obs } = busBench();
    const carrier: Record<string, string> = {};
    const sent = [1, 2].map(() => obs.amb.publish({ topic, carrier }, () => carrier['traceparent']));
    expect(new Set(sent).size).toBe(2);
    expect(obs.spans().flatMap(({ links }) => links)).toEqual([]);
  });

  test('a batch is one span with the number of messages, and each counts', async () => {
    const { obs, only, onBus } = busBench();
    const batch = [
      { topic, id: 'a' },
      { topic, id: 'b', carrier: new Map<string, string>() },
    ];
    const carriers = obs.amb.publish(batch, (given) => given);
    const span = only('publish claims');
    const traceparent = `00-${span.traceId}-${span.spanId}-01`;
    expect(carriers).toEqual([{ traceparent }, new Map([['traceparent', traceparent]])]);
    expect(span.attributes['messaging.batch.message_count']).toBe(2);
    expect(span.attributes).not.toHaveProperty(['messaging.message.id']);
    expect((await onBus())['amb_messages_published_total priority=normal,topic=claims']).toBe(2);
  });

  test('a batch of several topics names none', () => {
    const { obs, only } = busBench();
    obs.amb.publish([{ topic: 'a' }, { topic: 'b' }], () => {});
    expect(only('publish').attributes).not.toHaveProperty(['messaging.destination.name']);
  });
});

describe('process', () => {
  test('is a CONSUMER span, a child of the one that published', async () => {
    const { obs, only, onBus } = busBench();
    const carrier = new NatsLikeHeaders();
    obs.amb.publish({ topic, carrier, system: 'nats' }, () => {});
    const seen = await obs.amb.process({ topic, carrier, id: 'm-1', system: 'nats' }, async () => {
      await Promise.resolve();
      return activeId();
    });
    const published = only('publish claims');
    const processed = only('process claims');
    expect(processed.kind).toBe(SpanKind.CONSUMER);
    expect(processed.parentSpanId).toBe(published.spanId);
    expect(processed.traceId).toBe(published.traceId);
    expect(processed.links).toEqual([]);
    expect(seen).toBe(processed.spanId);
    expect(processed.attributes).toEqual({
      'messaging.system': 'nats',
      'messaging.destination.name': 'claims',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.message.id': 'm-1',
    });
    expect(await onBus()).toMatchObject({
      'amb_messages_delivered_total priority=normal,topic=claims': 1,
      'amb_delivery_duration_seconds topic=claims': 1,
    });
  });

  test('on demand is a child of the active span, and links to the one that published', () => {
    const { obs, only } = busBench();
    const carrier = {};
    obs.amb.publish({ topic, carrier }, () => {});
    obs.tracer.span('receive', {}, () => obs.amb.process({ topic, carrier, parent: 'active' }, () => {}));
    const processed = only('process claims');
    expect(processed.parentSpanId).toBe(only('receive').spanId);
    expect(processed.links[0]!.context.spanId).toBe(only('publish claims').spanId);
  });

  test('on demand begins a trace of its own where nothing is active', () => {
    const { obs, only } = busBench();
    const carrier = {};
    obs.amb.publish({ topic, carrier }, () => {});
    obs.amb.process({ topic, carrier, parent: 'active' }, () => {});
    const processed = only('process claims');
    expect(processed.parentSpanId).toBeUndefined();
    expect(processed.traceId).not.toBe(only('publish claims').traceId);
    expect(processed.links).toHaveLength(1);
  });

  test('without a context in the message is a child of the active span', () => {
    const { obs, paths } = busBench();
    obs.tracer.span('receive', {}, () => obs.amb.process({ topic, carrier: {} }, () => {}));
    expect(paths()).toEqual(['receive', 'receive/process claims']);
  });

  test('takes over the baggage of the message', () => {
    const { obs } = busBench();
    const carrier = {};
    const baggage = propagation.createBaggage({ tenant: { value: 'acme' } });
    context.with(propagation.setBaggage(context.active(), baggage), () =>
      obs.amb.publish({ topic, carrier }, () => {}),
    );
    const tenant = (): string | undefined => propagation.getActiveBaggage()?.getEntry('tenant')?.value;
    expect(obs.amb.process({ topic, carrier }, tenant)).toBe('acme');
    expect(obs.amb.process({ topic, carrier, parent: 'active' }, tenant)).toBe('acme');
    expect(tenant()).toBeUndefined();
  });

  test('a stream that the handler gives is followed to its end', async () => {
    const { obs, onBus } = busBench();
    const stream = obs.amb.process({ topic }, async function* () {
      yield 1;
    });
    expect(obs.spans()).toEqual([]);
    for await (const part of stream!) expect(part).toBe(1);
    expect(obs.spans()).toHaveLength(1);
    expect((await onBus())['amb_messages_delivered_total priority=normal,topic=claims']).toBe(1);
  });

  test('a batch is one span that links to each message, with what is its own on the link', async () => {
    const { obs, only, onBus } = busBench();
    const messages = ['a', 'b'].map((id) => ({
      topic,
      id,
      carrier: {},
      deliveryAttempt: id === 'b' ? 2 : 1,
    }));
    for (const message of messages) obs.amb.publish({ topic, carrier: message.carrier }, () => {});
    const given = obs.amb.process(messages, (handled) => handled.map(({ id }) => id));
    expect(given).toEqual(['a', 'b']);
    const span = only('process claims');
    const published = obs.spans().filter(({ kind }) => kind === SpanKind.PRODUCER);
    expect(span.parentSpanId).toBeUndefined();
    expect(span.links.map((link) => link.context.spanId)).toEqual(published.map(({ spanId }) => spanId));
    expect(span.links.map(({ attributes }) => attributes)).toEqual([
      { 'messaging.message.id': 'a' },
      { 'messaging.message.id': 'b', 'agent_os.delivery_attempt': 2 },
    ]);
    expect(span.attributes['messaging.batch.message_count']).toBe(2);
    expect((await onBus())['amb_messages_delivered_total priority=normal,topic=claims']).toBe(2);
  });
});

describe('what goes wrong', () => {
  test('a redelivered message is marked; the first delivery is not', () => {
    const { obs } = busBench();
    for (const deliveryAttempt of [1, 3]) obs.amb.process({ topic, deliveryAttempt }, () => {});
    const attempts = obs.spans().map(({ attributes }) => attributes['agent_os.delivery_attempt']);
    expect(attempts).toEqual([undefined, 3]);
  });

  test('each attempt that fails is a failure, and the last one makes a dead letter', async () => {
    const { obs, onBus, events } = busBench();
    for (const deliveryAttempt of [1, 2, 3])
      expect(() => obs.amb.process({ topic, deliveryAttempt, maxAttempts: 3 }, fails)).toThrow(error);
    expect(await onBus()).toEqual({
      'amb_delivery_failures_total reason=handler_error,topic=claims': 3,
      'amb_dlq_messages_total reason=max_retries,topic=claims': 1,
    });
    const reasons = obs.spans().map(({ attributes }) => attributes['agent_os.reason']);
    expect(reasons).toEqual([undefined, undefined, 'max_retries']);
    expect(events().map(({ name }) => name)).toEqual(['agent_os.dead_letter']);
  });

  test('a failure that no retry can help is a dead letter at once, for its own reason', async () => {
    const { obs, onBus } = busBench();
    const message = { topic, deliveryAttempt: 1, maxAttempts: 3, failure: () => 'validation_error' as const };
    await expect(obs.amb.process(message, async () => fails())).rejects.toBe(error);
    expect(await onBus()).toEqual({
      'amb_delivery_failures_total reason=validation_error,topic=claims': 1,
      'amb_dlq_messages_total reason=validation_error,topic=claims': 1,
    });
  });

  test('a function for the reason that throws is a handler error, and counted', async () => {
    const { obs, onBus } = busBench();
    const failure = (): never => {
      throw new Error('of the host');
    };
    expect(() => obs.amb.process({ topic, failure }, fails)).toThrow(error);
    expect(await onBus()).toEqual({ 'amb_delivery_failures_total reason=handler_error,topic=claims': 1 });
  });

  test('an expired message is not handled, but a dead letter', async () => {
    const { obs, onBus, only } = busBench();
    const handle = jest.fn();
    expect(obs.amb.process({ topic, expiresAt: PASSED }, handle)).toBeUndefined();
    expect(handle).not.toHaveBeenCalled();
    expect(await onBus()).toEqual({
      'amb_delivery_failures_total reason=expired,topic=claims': 1,
      'amb_dlq_messages_total reason=expired,topic=claims': 1,
    });
    const { status, attributes } = only('process claims');
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes).toMatchObject({ 'error.type': 'expired', 'agent_os.reason': 'expired' });
  });

  test('of a batch, those that have not expired are handled; where none is left, nothing runs', async () => {
    const { obs, onBus } = busBench();
    const late = { topic, id: 'late', expiresAt: PASSED };
    const handled = obs.amb.process([late, { topic, id: 'due', expiresAt: SOON }], (left) =>
      left.map(({ id }) => id),
    );
    expect(handled).toEqual(['due']);
    const handle = jest.fn();
    expect(obs.amb.process([late], handle)).toBeUndefined();
    expect(handle).not.toHaveBeenCalled();
    expect(await onBus()).toMatchObject({
      'amb_dlq_messages_total reason=expired,topic=claims': 2,
      'amb_messages_delivered_total priority=normal,topic=claims': 1,
    });
  });

  test.each([SOON / 1000, new Date(5), NaN, 'soon' as never])(
    'a message with an expiry that is no time in milliseconds is handled: %p',
    (expiresAt) => {
      const { obs } = busBench();
      expect(obs.amb.process({ topic, expiresAt }, () => 'handled')).toBe('handled');
    },
  );

  test.each<[string, () => unknown]>([
    ['frozen', () => Object.freeze({})],
    ['that refuses', () => new Proxy({}, { get: fails, set: fails, getOwnPropertyDescriptor: fails })],
    ['that is text', () => 'traceparent'],
    ['that is null', () => null],
  ])('a carrier %s costs the context, not the message', async (_, make) => {
    const { obs, lost, onBus } = busBench();
    const carrier = make() as object;
    expect(obs.amb.publish({ topic, carrier }, () => 'sent')).toBe('sent');
    expect(await lost()).toBeGreaterThan(0);
    expect(obs.amb.process({ topic, carrier }, () => 'handled')).toBe('handled');
    expect(await onBus()).toMatchObject({
      'amb_messages_published_total priority=normal,topic=claims': 1,
      'amb_messages_delivered_total priority=normal,topic=claims': 1,
    });
  });

  test('a getter and a setter of the host that throw do the same', async () => {
    const { obs, lost } = busBench();
    const refusing = { get: fails, keys: fails, set: fails };
    const message = { topic, carrier: {}, getter: refusing, setter: refusing };
    expect(obs.amb.publish(message, () => 'sent')).toBe('sent');
    expect(obs.amb.process({ topic, carrier: {}, getter: refusing }, () => 'handled')).toBe('handled');
    expect(await lost()).toBeGreaterThan(1);
  });

  test('so does a propagator of the host that gives no context', async () => {
    const { obs, lost } = busBench();
    propagation.setGlobalPropagator({ inject: fails, extract: () => ({}) as never, fields: () => ['x'] });
    try {
      expect(obs.amb.publish({ topic, carrier: {} }, () => 'sent')).toBe('sent');
      expect(obs.amb.process({ topic, carrier: {} }, () => 'handled')).toBe('handled');
    } finally {
      propagation.disable();
    }
    expect(await lost()).toBe(2);
  });

  test('no function is counted, and what cannot be read costs the measurement alone', async () => {
    const { obs } = busBench();
    const none = undefined as never;
    expect(obs.amb.process({ topic }, none)).toBeUndefined();
    const refusing = new Proxy({}, { get: fails }) as never;
    expect(obs.amb.publish(refusing, () => 'sent')).toBe('sent');
    expect(obs.amb.process(refusing, () => 'handled')).toBe('handled');
    const dropped = (await obs.series()).find(({ labels }) => labels['reason'] === 'invalid_value');
    expect(dropped!.value).toBe(3);
  });
});

test('headers come back as bytes, and in another case', () => {
  const { obs } = busBench();
  const sent = obs.amb.publish({ topic }, (carrier) => carrier) as { traceparent: string };
  for (const carrier of [
    throughKafka(sent),
    { traceparent: [Buffer.from(sent.traceparent)] },
    { Traceparent: sent.traceparent },
    new Headers([['Traceparent', sent.traceparent]]),
  ])
    obs.amb.process({ topic, carrier }, () => {});
  const traces = new Set(obs.spans().map(({ traceId }) => traceId));
  expect(traces.size).toBe(1);
});

test('the metrics alone need no tracer, and publish as before', () => {
  const amb = new AmbMetrics();
  expect(amb.publish({ topic }, () => trace.getActiveSpan())).toBeUndefined();
});
