import type { AmbMetrics } from '../../../src/index.js';
import { MessageBus, PoisonMessage, type Message, type Topic } from '../../../examples/demo/message-bus.js';
import type { WriteAheadLog } from '../../../examples/demo/write-ahead-log.js';
import { fakeClock } from '../../support/clock.js';

function walOf(pending: Set<number>): WriteAheadLog {
  return {
    append: (id: number) => pending.add(id),
    settle: (id: number) => pending.delete(id),
    get pending() {
      return pending.size;
    },
    enabled: true,
  } as unknown as WriteAheadLog;
}

/** Writes down what the bus says to the metrics and to its log. */
class Witness {
  readonly events: string[] = [];
  readonly pending = new Set<number>();
  readonly observed = new Map<string, () => unknown>();

  readonly amb = {
    recordPublished: ({ topic, priority }: { topic: string; priority: string }) =>
      this.events.push(`published ${topic} ${priority}`),
    recordDelivered: ({ topic, durationSeconds }: { topic: string; durationSeconds: number }) =>
      this.events.push(`delivered ${topic} in ${durationSeconds}`),
    recordDeliveryFailure: ({ reason }: { reason: string }) => this.events.push(`failed ${reason}`),
    recordDeadLetter: ({ topic, reason }: { topic: string; reason: string }) =>
      this.events.push(`dead ${topic} ${reason}`),
    recordBackpressure: ({ topic }: { topic: string }) => this.events.push(`pressed ${topic}`),
    observeQueueDepth: (topic: string, depth: () => number) => this.observed.set(`depth ${topic}`, depth),
    observeBroker: (broker: string, connected: () => boolean) => this.observed.set(broker, connected),
    observePersistence: (enabled: () => boolean) => this.observed.set('persistence', enabled),
    observeWalPending: (pending: () => number) => this.observed.set('wal', pending),
  } as unknown as AmbMetrics;

  readonly wal = walOf(this.pending);
}

function busWith(topic: Partial<Topic> = {}) {
  const witness = new Witness();
  const clock = fakeClock();
  const taken: unknown[] = [];
  const bus = new MessageBus(witness.amb, witness.wal, clock.now);
  bus.addTopic('claims', { capacity: 10, handle: ({ body }) => void taken.push(body.n), ...topic });
  const publish = (n: number, message: Partial<Message> = {}) =>
    bus.publish({ topic: 'claims', body: { n }, ...message });
  return { bus, witness, clock, taken, publish };
}
const failing = (error: () => Error) => (): void => {
  throw error();
};

describe('the message bus', () => {
  it('delivers in the order of priority, and of publication within one', async () => {
    const { bus, taken, publish } = busWith();
    publish(1, { priority: 'low' });
    publish(2);
    publish(3, { priority: 'critical' });
    publish(4, { priority: 'background' });
    publish(5, { priority: 'high' });
    publish(6, { priority: 'urgent' });
    publish(7, { priority: 'critical' });
    publish(8, { priority: 'normal' });
    await bus.idle();
    expect(taken).toEqual([3, 7, 6, 5, 2, 8, 1, 4]);
  });

  it('times a delivery from publication', async () => {
    const { bus, witness, clock, publish } = busWith();
    publish(1, { priority: 'high' });
    clock.advance(250);
    await bus.idle();
    expect(witness.events).toEqual(['published claims high', 'delivered claims in 0.25']);
    expect(bus.totals).toEqual({ published: 1, delivered: 1, deadLetters: 0 });
  });

  it('holds no more than its capacity: what is too much is refused and becomes a dead letter', async () => {
    const { bus, witness, taken, publish } = busWith({ capacity: 4 });
    const answers = [1, 2, 3, 4, 5, 6].map((n) => publish(n));
    expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'pressed', 'refused', 'refused']);
    expect(bus.depth('claims')).toBe(4);
    expect(witness.observed.get('depth claims')!()).toBe(4);
    await bus.idle();
    expect(taken).toEqual([1, 2, 3, 4]);
    expect(witness.events.filter((event) => event === 'dead claims rejected')).toHaveLength(2);
    expect(bus.totals).toEqual({ published: 4, delivered: 4, deadLetters: 2 });
  });

  it('pushes back once from four fifths on, and again only after it was half empty', async () => {
    const { bus, witness, publish } = busWith();
    for (let n = 0; n < 10; n += 1) publish(n);
    expect(witness.events.filter((event) => event === 'pressed claims')).toHaveLength(1);
    await bus.idle();
    expect(publish(0)).toBe('accepted');
    for (let n = 1; n < 8; n += 1) publish(n);
    expect(witness.events.filter((event) => event === 'pressed claims')).toHaveLength(2);
    await bus.idle();
  });

  it('retries, and gives up after the third attempt', async () => {
    const handle = jest.fn(failing(() => new Error('busy')));
    const { bus, witness, publish } = busWith({ handle });
    publish(1);
    await bus.idle();
    expect(handle).toHaveBeenCalledTimes(3);
    expect(witness.events.slice(1)).toEqual([
      'failed handler_error',
      'failed handler_error',
      'failed handler_error',
      'failed max_retries',
      'dead claims max_retries',
    ]);
  });

  it('delivers what succeeds at a retry', async () => {
    let attempts = 0;
    const handle = () => {
      attempts += 1;
      if (attempts === 1) throw new Error('busy');
    };
    const { bus, publish } = busWith({ handle });
    publish(1);
    await bus.idle();
    expect(bus.totals).toEqual({ published: 1, delivered: 1, deadLetters: 0 });
  });

  it('does not retry a message that can never be taken', async () => {
    const handle = jest.fn(failing(() => new PoisonMessage('illegible')));
    const { bus, witness, publish } = busWith({ handle });
    publish(1);
    await bus.idle();
    expect(handle).toHaveBeenCalledTimes(1);
    expect(witness.events).toContain('dead claims handler_error');
  });

  it('does not deliver what waited too long', async () => {
    const { bus, witness, clock, taken, publish } = busWith();
    publish(1, { ttlSeconds: 2 });
    publish(2, { ttlSeconds: 20 });
    clock.advance(2001);
    await bus.idle();
    expect(taken).toEqual([2]);
    expect(witness.events).toContain('dead claims expired');
  });

  it('takes neither an unknown topic nor a body that is not valid', async () => {
    const { bus, witness, taken, publish } = busWith({
      validate: ({ n }) => (typeof n === 'number' ? undefined : 'n is not a number'),
    });
    expect(publish(1, { topic: 'weather' })).toBe('refused');
    expect(publish(1, { body: {} })).toBe('refused');
    await bus.idle();
    expect(taken).toEqual([]);
    expect(witness.events).toEqual(['dead weather validation_error', 'dead claims validation_error']);
  });

  it('keeps in its log what is neither delivered nor given up', async () => {
    const { bus, witness, publish } = busWith({
      handle: ({ body }) => {
        if (body.n === 2) throw new PoisonMessage('illegible');
      },
    });
    publish(1);
    publish(2);
    expect(witness.observed.get('wal')!()).toBe(2);
    await bus.idle();
    expect(witness.observed.get('wal')!()).toBe(0);
    expect(witness.observed.get('persistence')!()).toBe(true);
    expect(witness.observed.get('in-process')!()).toBe(true);
  });

  it('delivers messages that handlers publish', async () => {
    const { bus, witness, publish } = busWith();
    const relayed: unknown[] = [];
    bus.addTopic('echo', { capacity: 1, handle: ({ body }) => void relayed.push(body.n) });
    bus.addTopic('relay', {
      capacity: 1,
      handle: ({ body }) => void bus.publish({ topic: 'echo', body }),
    });
    publish(9, { topic: 'relay' });
    await bus.idle();
    expect(relayed).toEqual([9]);
    expect(witness.pending.size).toBe(0);
  });
});
