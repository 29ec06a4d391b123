import { openStreams } from '../../src/common/followed-result.js';
import { STREAM_DEADLINE_MILLIS } from '../../src/common/followed-stream.js';
import { AgentMetrics, AmbMetrics, KernelMetrics } from '../../src/instruments/index.js';
import { CASES, ENDS, KINDS, produce, produceNow, readAs, turns } from '../support/streams.js';
import { recording, warnings } from './support.js';

test.each(CASES)('the execution of %s %s', async (kindName, endName) => {
  const kind = KINDS[kindName]!;
  const end = ENDS[endName]!;
  const { instruments, clock, collect } = recording();
  const kernel = new KernelMetrics(instruments);

  const stream = await kernel.execution('a', () => kind.make(end.work));
  clock.advance(2000);
  if (end.status !== 'unknown')
    expect((await collect()).points('agent_os_execution_duration_seconds')).toEqual([]);
  await readAs(kind, end, stream);
  await turns();
  clock.advance(STREAM_DEADLINE_MILLIS);
  openStreams.sweep();
  await readAs(kind, { ...end, most: 0 }, stream);

  const found = await collect();
  const seconds = end.status === 'unknown' ? 0 : 2;
  expect(found.points('agent_os_execution_duration_seconds')).toHaveLength(1);
  expect(found.timed('agent_os_execution_duration_seconds', { status: end.status, action: 'a' })).toEqual({
    count: 1,
    sum: seconds,
  });
  expect(found.total('agent_os_streams_abandoned_total')).toBe(end.status === 'unknown' ? 1 : 0);
  expect(openStreams.size).toBe(0);
});

test('a stream that is read after it was given up is not counted again, and a warning says so once', async () => {
  const lines = warnings();
  const { instruments, clock, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const streams = [1, 2].map(() => kernel.execution('a', () => produce({ chunks: 2 })));
  clock.advance(STREAM_DEADLINE_MILLIS);
  openStreams.sweep();
  for (const stream of streams) for await (const _ of stream);
  const found = await collect();
  expect(found.find('agent_os_streams_abandoned_total', { action: 'a' })).toBe(2);
  expect(found.timed('agent_os_execution_duration_seconds', { status: 'unknown', action: 'a' })).toEqual({
    count: 2,
    sum: 0,
  });
  expect(lines).toEqual([expect.stringMatching(/a stream that .*a.* gave was not read for 5 minutes/)]);
});

test('the time until it was last read is the duration of one that was given up half way', async () => {
  const { instruments, clock, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const stream = kernel.execution('a', () => produceNow({ chunks: 3 }));
  clock.advance(1000);
  stream.next();
  clock.advance(STREAM_DEADLINE_MILLIS - 1);
  openStreams.sweep();
  expect((await collect()).points('agent_os_execution_duration_seconds')).toEqual([]);
  clock.advance(1);
  openStreams.sweep();
  expect(
    (await collect()).timed('agent_os_execution_duration_seconds', { status: 'unknown', action: 'a' }),
  ).toEqual({ count: 1, sum: 1 });
});

test('classify is asked of a stream at its end, with the stream', async () => {
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const asked: unknown[] = [];
  const stream = kernel.execution('a', () => produceNow({ chunks: 1 }), {
    classify: (value) => {
      asked.push(value);
      return 'denied';
    },
  });
  expect(asked).toEqual([]);
  expect([...stream]).toEqual([0]);
  expect(asked).toEqual([stream]);
  expect(
    (await collect()).timed('agent_os_execution_duration_seconds', { status: 'denied', action: 'a' }),
  ).toEqual({ count: 1, sum: 0 });
});

test('a stream of an agent is followed too: what breaks it off is an error of the agent', async () => {
  const { instruments, clock, collect } = recording();
  const agent = new AgentMetrics(instruments);
  const broken = agent.execution('support-1', () => produceNow({ chunks: 1, fails: new RangeError('lost') }));
  agent.execution('support-1', () => produceNow({ chunks: 1 }));
  clock.advance(1000);
  expect(() => [...broken]).toThrow(RangeError);
  clock.advance(STREAM_DEADLINE_MILLIS);
  openStreams.sweep();
  const found = await collect();
  expect(found.timed('agent_os_agent_execution_duration_seconds', { status: 'error' })).toEqual({
    count: 1,
    sum: 1,
  });
  expect(found.timed('agent_os_agent_execution_duration_seconds', { status: 'unknown' })?.count).toBe(1);
  expect(found.find('agent_os_agent_errors_total', { agent_id: 'support-1', error_type: 'RangeError' })).toBe(
    1,
  );
  expect(found.find('agent_os_streams_abandoned_total', { action: 'unknown' })).toBe(1);
});

test('a generator is no verdict: the check is unknown at once, and nothing is put on the generator', async () => {
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const generator = produceNow({ chunks: 1 });
  expect(kernel.policyCheck('p', () => generator as never)).toBe(generator);
  expect(Reflect.ownKeys(generator)).toEqual([]);
  const found = await collect();
  expect(found.timed('agent_os_policy_check_duration_seconds', { result: 'unknown', policy: 'p' })).toEqual({
    count: 1,
    sum: 0,
  });
});

test('a message is published when its function has returned, whatever that gives', async () => {
  const { instruments, collect } = recording();
  new AmbMetrics(instruments).publish({ topic: 't' }, () => produceNow({ chunks: 1 }));
  expect((await collect()).total('amb_messages_published_total')).toBe(1);
});
