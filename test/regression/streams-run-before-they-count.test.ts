import { KernelMetrics } from '../../src/instruments/index.js';
import { recording } from '../instruments/support.js';
import { idOf, parentOf, tracing, withContextManager } from '../tracing/support.js';

withContextManager();

// A function that gave a stream was counted as a success of 0 seconds before any of its work had run; what that work
// started became the roots of other traces, and where it failed nobody heard.
test('an action that gives a stream is counted when the stream has ended, by how it did', async () => {
  const { instruments, clock, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const { tracer, host, only } = tracing();
  async function* answer() {
    yield 'a';
    clock.advance(1500);
    host.startSpan('tool').end();
    throw new RangeError('the model went away');
  }
  const stream = tracer.execute({ agentId: 'support-1', action: 'answer' }, () =>
    kernel.execution('answer', () => answer()),
  );
  await expect(
    (async () => {
      for await (const _ of stream);
    })(),
  ).rejects.toThrow(RangeError);

  const found = await collect();
  expect(found.points('agent_os_execution_duration_seconds')).toHaveLength(1);
  expect(found.timed('agent_os_execution_duration_seconds', { status: 'error', action: 'answer' })).toEqual({
    count: 1,
    sum: 1.5,
  });
  const execute = only('kernel.execute');
  expect(execute.attributes['error.type']).toBe('RangeError');
  expect(parentOf(only('tool'))).toBe(idOf(execute));
});
