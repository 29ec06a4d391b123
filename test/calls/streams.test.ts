import { trace } from '@opentelemetry/api';
import { about, callBench, type CallBench } from './support.js';

const REQUESTS = 'agent_os_requests_total';
const EXECUTIONS = 'agent_os_execution_duration_seconds';

let bench: CallBench;
beforeEach(() => (bench = callBench()));
afterEach(() => bench.obs.shutdown());

async function* words(failure?: Error): AsyncGenerator<string> {
  yield 'one';
  bench.clock.advance(2000);
  bench.obs.tracer.startSpan('inside').end();
  if (failure) throw failure;
  yield 'two';
}

test.each([
  ['read to its end', undefined, 'success', ['one', 'two']],
  ['that breaks off', new RangeError('no'), 'error', ['one']],
] as const)(
  'a stream %s is one request, timed to there, with its work inside',
  async (_, failure, status, read) => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const word of bench.verbs.execute(about, () => words(failure))) seen.push(word);
    })();
    await (failure ? expect(reading).rejects.toBe(failure) : reading);
    expect(seen).toEqual(read);
    expect(await bench.counted(REQUESTS, EXECUTIONS)).toEqual({
      [`${REQUESTS} action=read_file,status=${status}`]: 1,
      [`${EXECUTIONS} action=read_file,status=${status}`]: 1,
    });
    const [seconds] = (await bench.obs.series()).filter(({ name }) => name === EXECUTIONS);
    expect(seconds?.value).toBeCloseTo(2, 9);
    expect(bench.paths()).toEqual(['kernel.execute', 'kernel.execute/inside']);
    expect(trace.getActiveSpan()).toBeUndefined();
  },
);

test('a stream that cannot be followed is unknown at once, and its span says so', async () => {
  bench.verbs.execute(about, () => Object.freeze(words()));
  expect(await bench.counted(REQUESTS)).toEqual({ [`${REQUESTS} action=read_file,status=unknown`]: 1 });
  expect(bench.obs.spans()[0]?.attributes['agent_os.stream.unseen']).toBe('not_followed');
});
