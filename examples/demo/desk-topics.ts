import { PoisonMessage, type Message, type MessageBus } from './message-bus.js';
import type { Pace } from './pace.js';
import { Random } from './random.js';

/** What agents tell each other and the people behind them. Bodies name calls, never their arguments. */
export const TOPICS = { audit: 'audit', handovers: 'handovers', alerts: 'alerts', approvals: 'approvals' };

/** Audit messages of one burst: more than the topic holds, so that it pushes back and then refuses. */
const BURST = 40;

/** The topics of the desk and the subscribers behind them, who are not always at their best. */
export class DeskTopics {
  constructor(
    private readonly bus: MessageBus,
    private readonly seed: number,
    pace: Pace,
  ) {
    const number = (body: Message['body']) => (typeof body.call === 'number' ? undefined : 'names no call');
    const working = (seconds: number, share: number, failure: () => Error) => (message: Message) => {
      const random = Random.of(seed, `${message.topic} ${String(message.body.call)}`);
      if (random.chance(share)) throw failure();
      return pace.wait(seconds * random.between(0.5, 1.5));
    };
    bus.addTopic(TOPICS.audit, { capacity: 30, validate: number, handle: working(0.004, 0, busy) });
    bus.addTopic(TOPICS.handovers, {
      capacity: 50,
      validate: number,
      handle: working(0.05, 0.05, illegible),
    });
    bus.addTopic(TOPICS.alerts, { capacity: 50, validate: number, handle: flaky(pace, seed) });
    bus.addTopic(TOPICS.approvals, { capacity: 20, validate: number, handle: working(0.25, 0.1, busy) });
  }

  publish(message: Message): void {
    this.bus.publish(message);
  }

  /** One bad minute of the bus: a burst, a message nobody can read, and one that comes too late. */
  disturb(call: number): void {
    const { bus } = this;
    bus.publish({ topic: TOPICS.audit, priority: 'low', body: { note: 'names no call' } });
    bus.publish({ topic: TOPICS.approvals, priority: 'normal', body: { call }, ttlSeconds: 0 });
    for (let index = 0; index < BURST; index += 1) {
      bus.publish({ topic: TOPICS.audit, priority: 'background', body: { call, index } });
    }
  }
}

const busy = () => new Error('the subscriber is busy');
const illegible = () => new PoisonMessage('the subscriber cannot read this');

/** Fails a first time for one message in five: the retry brings it home. */
function flaky(pace: Pace, seed: number): (message: Message) => Promise<void> {
  const failed = new Set<Message>();
  return async (message) => {
    const random = Random.of(seed, `alert ${String(message.body.call)}`);
    if (random.chance(0.2) && !failed.delete(message)) {
      failed.add(message);
      throw busy();
    }
    await pace.wait(0.02);
  };
}
