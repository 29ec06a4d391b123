import { createTestObservability, type TestObservability } from '../../src/testing/index.js';

// A call without a function threw a TypeError into the host. A text where an object was due was read character by
// character, which held the host up for seconds. And an async function where a plain one was due left a rejection that
// nobody handled, which ends a process.

let obs: TestObservability;
beforeEach(() => (obs = createTestObservability()));
afterEach(() => obs.shutdown());

const about = { agentId: 'support-1', action: 'read_file' };
const none = undefined as never;
const HUGE = 'x'.repeat(1 << 20) as never;

const dropped = async (): Promise<number | undefined> => {
  const series = await obs.series();
  const isLoss = ({ name }: { name: string }) => name === 'agent_os_telemetry_dropped_total';
  return series.find((one) => isLoss(one) && one.labels['reason'] === 'invalid_value')?.value;
};

test('a metric that is to run a function and gets none counts the call as dropped', async () => {
  expect(obs.kernel.policyCheck('files', none)).toBeUndefined();
  expect(obs.kernel.execution('read_file', none)).toBeUndefined();
  expect(obs.agent.execution('support-1', none)).toBeUndefined();
  expect(obs.amb.publish({ topic: 'claims' }, none)).toBeUndefined();
  expect(obs.amb.deliver({ topic: 'claims' }, none)).toBeUndefined();
  obs.amb.observeQueueDepth('claims', none)();
  expect(await dropped()).toBe(6);
});

test('a span whose work is no function ends, as failed', () => {
  expect(obs.tracer.execute(about, 7 as never)).toBeUndefined();
  expect(obs.tracer.span('host.work', {}, 'work' as never)).toBeUndefined();
  const [executed, worked] = obs.spans();
  expect(executed!.status).toEqual({ code: 2 });
  expect(worked!.status).toEqual({ code: 2 });
});

test('a span without work is no failure', () => {
  expect(obs.tracer.signal({ agentId: 'support-1', signal: 'SIGTERM' })).toBeUndefined();
  expect(obs.spans()[0]!.status.code).toBe(0);
});

test('a started span that is to run no function goes on', () => {
  const manual = obs.tracer.startExecute(about);
  expect(manual.run(none)).toBeUndefined();
  manual.end();
  expect(obs.spans()).toHaveLength(1);
});

test('what is no function is given back unwrapped', () => {
  expect(obs.tracer.wrap('host.work', 7 as never)).toBe(7);
});

test('a text has no attributes', () => {
  obs.tracer.startSpan('host.work', HUGE).end();
  expect(obs.spans()[0]!.attributes).toEqual({});
});

test('a text is no message: it has no topic and no priority', async () => {
  expect(obs.amb.publish(HUGE, () => 1)).toBe(1);
  expect(obs.amb.deliver(HUGE, () => 2)).toBe(2);
  const series = (await obs.series()).filter(({ name }) => name.startsWith('amb_messages_'));
  expect(series.map(({ labels, value }) => [labels, value])).toEqual([
    [{ priority: 'normal', topic: 'unknown' }, 1],
    [{ priority: 'normal', topic: 'unknown' }, 1],
  ]);
});

test('attributes that are promised come too late, and a promise that fails costs nothing', async () => {
  const attributesOf = async () => {
    throw new Error('of the host');
  };
  expect(obs.tracer.wrap('host.work', () => 1, attributesOf as never)()).toBe(1);
  await new Promise(setImmediate); // until the runtime would have reported an unhandled rejection
  await new Promise(setImmediate);
  expect(obs.spans()[0]!.attributes).toEqual({});
});
