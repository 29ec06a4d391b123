import { SpanStatusCode } from '@opentelemetry/api';
import { openStreams } from '../../src/common/followed-result.js';
import { KernelMetrics } from '../../src/instruments/index.js';
import { recording } from '../instruments/support.js';
import { CASES, ENDS, KINDS, produce, readAs, turns } from '../support/streams.js';
import { idOf, parentOf, tracing, withContextManager } from './support.js';

withContextManager();

test.each(CASES)('the span of %s %s lasts as long, and its work is inside it', async (kindName, endName) => {
  const kind = KINDS[kindName]!;
  const end = ENDS[endName]!;
  const { tracer, host, ended, only } = tracing();
  const onChunk = () => host.startSpan('chunk').end();

  const stream = await tracer.execute({ agentId: 'a', action: 'b' }, () =>
    kind.make({ ...end.work, onChunk }),
  );
  expect(ended().filter(({ name }) => name === 'kernel.execute')).toEqual([]);
  await readAs(kind, end, stream);
  await turns();
  if (end.status === 'unknown') openStreams.sweep(0); // spans go by a clock that cannot be handed in

  const span = only('kernel.execute');
  expect(span.status.code).toBe(end.status === 'error' ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
  expect(span.attributes['error.type']).toBe(end.status === 'error' ? 'RangeError' : undefined);
  expect(span.attributes['agent_os.stream.unseen']).toBe(end.status === 'unknown' ? 'abandoned' : undefined);
  const chunks = ended().filter(({ name }) => name === 'chunk');
  for (const chunk of chunks) expect(parentOf(chunk)).toBe(idOf(span));
  if (end.status === 'success') expect(chunks.length).toBeGreaterThan(0);
});

test('a span and a metric around one stream both last to its end, and its work is in the inner span', async () => {
  const { tracer, host, only } = tracing();
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const stream = tracer.execute({ agentId: 'a', action: 'b' }, () =>
    tracer.span('inner', {}, () =>
      kernel.execution('b', () => produce({ chunks: 1, onChunk: () => host.startSpan('chunk').end() })),
    ),
  );
  for await (const _ of stream);
  expect(parentOf(only('chunk'))).toBe(idOf(only('inner')));
  expect(parentOf(only('inner'))).toBe(idOf(only('kernel.execute')));
  expect((await collect()).points('agent_os_execution_duration_seconds')[0]?.histogram?.count).toBe(1);
});

test('a metric alone keeps the span that was active when its stream was made', async () => {
  const { tracer, host, only } = tracing();
  const kernel = new KernelMetrics(recording().instruments);
  let stream!: AsyncGenerator<number>;
  tracer.span('outer', {}, () => {
    stream = kernel.execution('b', () =>
      produce({ chunks: 1, onChunk: () => host.startSpan('chunk').end() }),
    );
  });
  for await (const _ of stream);
  expect(parentOf(only('chunk'))).toBe(idOf(only('outer')));
});

test('a wrapped function that gives a stream is a span to the end of it', async () => {
  const { tracer, ended } = tracing();
  const wrapped = tracer.wrap('mine', produce);
  const stream = wrapped({ chunks: 2 });
  await stream.next();
  expect(ended()).toEqual([]);
  await stream.return(undefined);
  expect(ended().map(({ name }) => name)).toEqual(['mine']);
});

test('a stream that nothing can be put on is not followed, and its span says so', () => {
  const { tracer, only } = tracing();
  const frozen = Object.freeze(produce({ chunks: 1 }));
  expect(tracer.execute({ agentId: 'a', action: 'b' }, () => frozen)).toBe(frozen);
  expect(only('kernel.execute').attributes['agent_os.stream.unseen']).toBe('not_followed');
});
