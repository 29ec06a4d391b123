import type { LiveEvent } from '../../src/live/live-messages.js';
import { testFeed, textOf, told } from './support.js';

const deny = { 'agent.id': 'a', 'agent_os.action': 'delete_file', 'agent_os.enforced': 'denied' };

describe('while nobody looks', () => {
  test('it reads nothing, has no timer, and wants no spans', async () => {
    const { feed, timers, readings, settled } = testFeed();
    timers.advance(60_000);
    await settled();
    expect([readings(), timers.waiting(), feed.spans.watching, feed.events.watched]).toEqual([
      0,
      0,
      false,
      false,
    ]);
  });

  test('the last events are kept where the page is served, and nowhere else', async () => {
    const seen = async (keepsEvents: boolean) => {
      const { feed, settled } = testFeed({ keepsEvents });
      feed.events.saw('agent_os.decision', 'WARN', deny);
      const viewer = feed.join();
      await settled();
      return told(textOf(await viewer!.next()), 'events').length;
    };
    expect([await seen(true), await seen(false)]).toEqual([1, 0]);
  });
});

test('a viewer is told who tells it, then the numbers, then what happens', async () => {
  const { feed, timers, settled } = testFeed();
  const viewer = feed.join()!;
  await settled();
  const first = textOf(await viewer.next());
  expect(first).toMatch(/^retry: \d+\nevent: hello/);
  expect(told(first, 'hello')).toEqual([{ run: feed.run, now: 1_000_000 }]);
  expect(told(first, 'state')).toMatchObject([{ at: 1_000_000, service: { name: 'kernel' } }]);

  const next = viewer.next();
  feed.events.saw('agent_os.decision', 'WARN', deny);
  timers.advance(100);
  expect(told(textOf(await next), 'events')).toEqual([
    [
      {
        seq: 1,
        at: 1_000_000,
        name: 'decision',
        severity: 'WARN',
        facts: { agent: 'a', action: 'delete_file', enforced: 'denied' },
      } satisfies LiveEvent,
    ],
  ]);
});

test('numbers are read once a second for all viewers together', async () => {
  const { feed, timers, settled, readings } = testFeed();
  feed.join();
  feed.join();
  for (let second = 0; second < 5; second++) {
    await settled();
    timers.advance(1000);
  }
  await settled();
  expect(readings()).toBe(6);
});

test('a reading that takes long makes the next one wait', async () => {
  const { feed, timers, clock, settled, readings } = testFeed();
  const { source } = feed['options'];
  const slow = { ...source!, content: () => (clock.advance(400), source!.content()) };
  Object.assign(feed['options'], { source: slow });
  feed.join();
  await settled();
  timers.advance(7000);
  await settled();
  expect(readings()).toBe(1);
  timers.advance(1000);
  await settled();
  expect(readings()).toBe(2);
});

test('when the last viewer has gone, it stops soon after; one that only connects anew misses nothing', async () => {
  const { feed, timers, settled } = testFeed();
  const viewer = feed.join()!;
  await settled();
  await viewer.return();
  expect(feed.spans.watching).toBe(true);
  const again = feed.join()!;
  timers.advance(5000);
  await settled();
  expect(feed.spans.watching).toBe(true);
  await again.return();
  timers.advance(5000);
  await settled();
  expect([feed.spans.watching, feed.events.watched, timers.waiting()]).toEqual([false, false, 0]);
  feed.join();
  await settled();
  expect(timers.waiting()).toBeGreaterThan(0);
});

test('one that comes back while a reading is under way does not make it read twice as often', async () => {
  const { feed, timers, settled, readings } = testFeed();
  await feed.join()!.return();
  timers.advance(3000); // reading has ended, and the first one is still under way
  feed.join();
  for (let second = 0; second < 4; second++) {
    await settled();
    timers.advance(1000);
  }
  await settled();
  expect(readings()).toBe(5);
});

test('only so many may look; a place that is left is free', () => {
  const { feed } = testFeed();
  const viewers = Array.from({ length: 8 }, () => feed.join());
  expect(viewers).not.toContain(undefined);
  expect(feed.join()).toBeUndefined();
  viewers[3]!.close();
  expect(feed.join()).toBeDefined();
});

describe('a viewer', () => {
  test('that does not take what it was sent is dropped', async () => {
    const { feed, timers, settled } = testFeed();
    const viewer = feed.join()!;
    await settled();
    await viewer.next();
    timers.advance(15_000);
    expect(feed.watched).toBe(false);
    expect(textOf(await viewer.next())).toBe('(end)');
  });

  test('that reads nothing at all is dropped too', () => {
    const { feed, timers } = testFeed();
    feed.join();
    timers.advance(15_000);
    expect(feed.watched).toBe(false);
  });

  test('hears a comment where there is nothing to tell', async () => {
    const { feed, timers, settled } = testFeed({ source: undefined });
    const viewer = feed.join()!;
    await settled();
    await viewer.next();
    feed['endReading']();
    const next = viewer.next();
    timers.advance(10_000);
    expect(textOf(await next)).toBe(':\n\n');
  });

  test('is ended in time for the server, and asks again', async () => {
    const { feed, timers, settled } = testFeed();
    const viewer = feed.join()!;
    let text = '';
    for (let second = 0; second < 60 && text !== '(end)'; second++) {
      await settled();
      const next = viewer.next();
      timers.advance(1000);
      text = textOf(await next);
    }
    expect(text).toBe('(end)');
  });

  test('is ended with the process, and nobody comes after it', async () => {
    const { feed, settled } = testFeed();
    const viewer = feed.join()!;
    await settled();
    await viewer.next();
    const next = viewer.next();
    feed.end();
    expect(textOf(await next)).toBe('(end)');
    expect(feed.join()).toBeUndefined();
    expect(await feed.last()).toBe('');
  });
});

test('callbacks that fail leave what is recorded, and the page says so', async () => {
  const recorded = { streams: [], resource: {} };
  const source = {
    content: () => Promise.reject(new Error('secret')),
    recorded: () => recorded,
    contentRead: () => {},
  };
  const { feed, settled } = testFeed({ source });
  const viewer = feed.join()!;
  await settled();
  const text = textOf(await viewer.next());
  expect(told(text, 'state')).toMatchObject([{ health: { callbacksFail: true } }]);
  expect(text).not.toContain('secret');
});

test('a reading that cannot be made tells nothing, and the next one is tried', async () => {
  let fails = true;
  const surroundings = () => {
    if (fails) throw new Error('not now');
    return testSurroundings;
  };
  const { feed, timers, settled } = testFeed({ surroundings });
  const viewer = feed.join()!;
  await settled();
  expect(told(textOf(await viewer.next()), 'state')).toEqual([]);
  fails = false;
  const next = viewer.next();
  timers.advance(1000);
  expect(told(textOf(await next), 'state')).toHaveLength(1);
});

const testSurroundings = {
  service: { name: 'k', version: '', environment: '', instance: '', pid: 1, runtime: '' },
  exports: [],
  missing: [],
};
