import { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { openStreams } from '../../src/common/followed-result.js';
import { STREAM_DEADLINE_MILLIS } from '../../src/common/followed-stream.js';
import { CASES, ENDS, KINDS, produce, readAs, turns } from '../support/streams.js';
import { bench, only, withContextManager, type Bench } from './support.js';

withContextManager();

function adapterOf(b: Bench) {
  const client = AgentMeshClient.create('support-1', {
    policyRules: [{ action: 'stream', effect: 'allow' }],
  });
  const adapter = new GenericFrameworkAdapter(client);
  b.governance.instrumentAdapter(adapter);
  return adapter;
}

test.each(CASES)('a handler that gives %s %s', async (kindName, endName) => {
  const kind = KINDS[kindName]!;
  const end = ENDS[endName]!;
  const b = bench();
  const adapter = adapterOf(b);
  const tracer = b.tracer;
  const onChunk = () => tracer.span('chunk', {}, () => undefined);

  const result = await adapter.run({ name: 'lookup', action: 'stream' }, () =>
    Promise.resolve(kind.make({ ...end.work, onChunk })),
  );
  expect(result.allowed).toBe(true);
  expect(await b.total('agent_os_requests_total')).toBe(1);
  if (end.status !== 'unknown') expect(await b.total('agent_os_execution_duration_seconds')).toBe(0);
  b.clock.advance(2000);
  await readAs(kind, end, result.output);
  await turns();
  b.clock.advance(STREAM_DEADLINE_MILLIS);
  openStreams.sweep();

  expect(await b.series('agent_os_execution_duration_seconds')).toEqual([
    {
      labels: { status: end.status, action: 'stream' },
      value: 1,
      sum: end.status === 'unknown' ? 0 : 2,
    },
  ]);
  expect(await b.series('agent_os_agent_errors_total')).toEqual(
    end.status === 'error' ? [{ labels: { agent_id: 'support-1', error_type: 'RangeError' }, value: 1 }] : [],
  );
  expect(await b.total('agent_os_streams_abandoned_total')).toBe(end.status === 'unknown' ? 1 : 0);
  expect(await b.total('agent_os_requests_total')).toBe(1);
  const span = only(b.spans(), 'kernel.execute');
  expect(span.status.code).toBe(end.status === 'error' ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
  expect(span.attributes['agent_os.stream.unseen']).toBe(end.status === 'unknown' ? 'abandoned' : undefined);
  for (const path of b.paths().filter((path) => path.endsWith('chunk')))
    expect(path).toBe('kernel.execute/chunk');
});

test('an invocation that the host completes with a stream ends with the stream', async () => {
  const b = bench();
  const handle = await adapterOf(b).beginInvocation({ name: 'lookup', action: 'stream' });
  const output = produce({ chunks: 2, fails: new TypeError('broke off') });
  handle.complete({ output });
  expect(await b.total('agent_os_execution_duration_seconds')).toBe(0);
  await expect(
    (async () => {
      for await (const _ of output);
    })(),
  ).rejects.toThrow(TypeError);
  expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
    { labels: { status: 'error', action: 'stream' }, value: 1 },
  ]);
  expect(await b.series('agent_os_agent_errors_total')).toMatchObject([
    { labels: { error_type: 'TypeError' } },
  ]);
});

test('an invocation that the host completes as failed ends at once, whatever it gives', async () => {
  const b = bench();
  const handle = await adapterOf(b).beginInvocation({ name: 'lookup', action: 'stream' });
  handle.complete({ output: produce({ chunks: 2 }), status: 'error', error: 'no' });
  expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
    { labels: { status: 'error', action: 'stream' }, value: 1 },
  ]);
});

test('without spans a stream is followed all the same', async () => {
  const b = bench({ spans: false });
  const { output } = await adapterOf(b).run({ name: 'lookup', action: 'stream' }, async () =>
    produce({ chunks: 1 }),
  );
  for await (const _ of output as AsyncIterable<number>) expect(trace.getActiveSpan()).toBeUndefined();
  expect(await b.total('agent_os_execution_duration_seconds')).toBe(1);
});
