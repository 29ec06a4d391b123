import { recording, warnings } from './support.js';

jest.mock('node:timers', () => jest.requireActual('../support/global-timers.js'));

const name = 'amb_queue_depth';
const FAILED = { signal: 'metrics', reason: 'callback_failed' };
const INVALID = { signal: 'metrics', reason: 'invalid_value' };
const DROPPED = 'agent_os_telemetry_dropped_total';

function gaugeOn() {
  const recorded = recording();
  return { ...recorded, gauge: recorded.instruments.gauge(name) };
}

test('all sources are asked at each collection; a removed one is not', async () => {
  const { gauge, collect } = gaugeOn();
  const asked: string[] = [];
  const removeA = gauge.addSource((observe) => {
    asked.push('a');
    observe(1, { topic: 'a' });
    observe(2, { topic: 'a2' });
  });
  gauge.addSource(async (observe) => {
    await Promise.resolve();
    asked.push('b');
    observe(3, { topic: 'b' });
  });
  const found = await collect();
  expect(found.points(name).map(({ labels, value }) => [labels['topic'], value])).toEqual([
    ['a', 1],
    ['a2', 2],
    ['b', 3],
  ]);
  removeA();
  removeA();
  await collect();
  expect(asked).toEqual(['a', 'b', 'b']);
});

test('the same source is one source', async () => {
  const { gauge, collect } = gaugeOn();
  let asked = 0;
  const source = () => void asked++;
  gauge.addSource(source);
  gauge.addSource(source);
  await collect();
  expect(asked).toBe(1);
});

test('a source that throws or rejects costs the others nothing, and is counted and said once', async () => {
  const lines = warnings();
  const { gauge, collect } = gaugeOn();
  gauge.addSource(() => {
    throw new Error('gone');
  });
  gauge.addSource(async (observe) => {
    observe(4, { topic: 'before' });
    throw new Error('gone too');
  });
  gauge.addSource((observe) => observe(5, { topic: 'sound' }));
  await collect();
  const found = await collect();
  expect(found.errors).toEqual([]);
  expect(found.find(name, { topic: 'sound' })).toBe(5);
  expect(found.find(name, { topic: 'before' })).toBe(4);
  await collect();
  expect((await collect()).find(DROPPED, FAILED)).toBeGreaterThanOrEqual(6);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/amb_queue_depth: a callback failed \(Error: gone\)/);
});

test.each([[NaN], [Infinity], ['5'], [null], [undefined], [5n]])(
  'the value %p is left out and counted',
  async (value) => {
    const { gauge, collect } = gaugeOn();
    gauge.addSource((observe) => observe(value as never, { topic: 'a' }));
    gauge.addSource((observe) => observe(-1.5, { topic: 'b' }));
    await collect();
    const found = await collect();
    expect(found.points(name).map(({ value: kept }) => kept)).toEqual([-1.5]);
    expect(found.find(DROPPED, INVALID)).toBeGreaterThanOrEqual(1);
  },
);

describe('a source that hangs', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is left out after a second; the others are there, and its late answer changes nothing', async () => {
    const { gauge, collect } = gaugeOn();
    let answer!: () => void;
    gauge.addSource((observe) => {
      return new Promise((resolve) => {
        answer = () => {
          observe(9, { topic: 'late' });
          observe(NaN, { topic: 'late' });
          resolve();
        };
      });
    });
    gauge.addSource((observe) => observe(1, { topic: 'prompt' }));
    let settled = false;
    const collecting = collect().then((found) => ((settled = true), found));
    await jest.advanceTimersByTimeAsync(999);
    expect(settled).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    const found = await collecting;
    expect(found.find(name, { topic: 'prompt' })).toBe(1);
    answer();
    const second = collect();
    await jest.advanceTimersByTimeAsync(1000);
    const later = await second;
    expect(later.points(name).map(({ labels }) => labels['topic'])).toEqual(['prompt']);
    expect(later.find(DROPPED, INVALID)).toBeUndefined(); // nothing that is too late is looked at
    expect(jest.getTimerCount()).toBe(0);
  });

  test('and then rejects makes no unhandled rejection', async () => {
    const { gauge, collect } = gaugeOn();
    let fail!: (error: Error) => void;
    gauge.addSource(() => new Promise<void>((_, reject) => (fail = reject)));
    const collecting = collect();
    await jest.advanceTimersByTimeAsync(1000);
    await collecting;
    fail(new Error('much too late'));
    jest.useRealTimers();
    await new Promise(setImmediate);
    await new Promise(setImmediate); // jest fails the test for an unhandled rejection
  });

  test('leaves no timer behind where it answers in time', async () => {
    const { gauge, collect } = gaugeOn();
    gauge.addSource(async (observe) => observe(2, { topic: 'a' }));
    expect((await collect()).find(name, { topic: 'a' })).toBe(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});
