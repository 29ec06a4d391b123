import type { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { openStreams } from '../../src/common/followed-result.js';
import { STREAM_DEADLINE_MILLIS } from '../../src/common/followed-stream.js';
import type { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { about, checked, governedBench, type CallBench } from '../calls/support.js';
import { CASES, ENDS, KINDS, readAs, turns } from '../support/streams.js';

// A stream of an adapter that outlived obs.execute around it was timed by both, and so were obs.execute and the adapter when
// the former was called in the latter's handler.

const REQUESTS = 'agent_os_requests_total';
const TIMES = 'agent_os_execution_duration_seconds';
const ERRORS = 'agent_os_agent_errors_total';

let bench: CallBench;
let governance: GovernanceInstrumentation;
let client: AgentMeshClient;
let adapter: GenericFrameworkAdapter;
beforeEach(() => ({ bench, governance, client, adapter } = governedBench()));
afterEach(() => bench.obs.shutdown());

const invocation = { name: 'tool', action: about.action };
const total = async (...names: string[]) =>
  Object.values(await bench.counted(...names)).reduce((sum, each) => sum + each, 0);

/** Ways to run an action; each gives an object that is no stream, and has the action's output in it. */
const WAYS: Record<string, (action: () => unknown) => Promise<{ output?: unknown }>> = {
  'an adapter': (action) => adapter.run(invocation, async () => action()),
  'an invocation that the host completes': async (action) => {
    const handle = await adapter.beginInvocation(invocation);
    const output = await action();
    handle.complete({ output });
    return { output };
  },
  'a governed call': (action) => governance.governedCall(client, about, action) as Promise<object>,
  'a tool call': async (action) => ({ output: await governance.toolCall(about, action) }),
};

describe.each(Object.keys(WAYS))('%s inside of obs.execute gives', (way) => {
  test.each(CASES)('%s %s, and both count once, at its end', async (kindName, endName) => {
    const kind = KINDS[kindName]!;
    const end = ENDS[endName]!;
    const { output } = await bench.verbs.execute(about, () =>
      WAYS[way]!(() => Promise.resolve(kind.make(end.work))),
    );
    bench.clock.advance(2000);
    if (end.status !== 'unknown') expect(await total(REQUESTS, TIMES)).toBe(0);
    await readAs(kind, end, output);
    await turns();
    bench.clock.advance(STREAM_DEADLINE_MILLIS);
    openStreams.sweep();
    const labels = `action=read_file,status=${end.status}`;
    expect(await bench.counted(REQUESTS, TIMES)).toEqual({
      [`${REQUESTS} ${labels}`]: 1,
      [`${TIMES} ${labels}`]: 1,
    });
    const [time] = (await bench.obs.series()).filter(({ name }) => name === TIMES);
    expect(time?.value).toBeCloseTo(end.status === 'unknown' ? 0 : 2);
    expect(await total(ERRORS)).toBe(end.status === 'error' ? 1 : 0);
    expect(bench.obs.spans().filter(({ name }) => name === 'kernel.execute')).toHaveLength(2);
  });
});

test('what the host completes after obs.execute has ended is timed by that alone', async () => {
  const handle = await bench.verbs.execute(about, () => adapter.beginInvocation(invocation));
  handle.complete();
  expect(await total(TIMES)).toBe(1);
  expect(await total(REQUESTS)).toBe(1);
});

/** Whether a way counts a request, and whether it times one. */
const CALLS: Record<
  string,
  { run: (action: () => unknown) => unknown; requests?: true; times?: true; explicit?: true; asks?: true }
> = {
  execute: {
    run: (action) => bench.verbs.execute(about, action),
    requests: true,
    times: true,
    explicit: true,
  },
  policyCheck: {
    run: (action) =>
      bench.verbs.policyCheck({ ...checked, classify: (): 'allowed' => 'allowed' }, async () => {
        await action();
      }),
  },
  adapter: { run: WAYS['an adapter']!, requests: true, times: true, asks: true },
  'a governed call': { run: WAYS['a governed call']!, requests: true, times: true, asks: true },
  'a tool call': { run: WAYS['a tool call']!, times: true },
  'a client': {
    run: (action) => client.executeWithGovernance(about.action).then(action),
    requests: true,
    asks: true,
  },
};
const NESTED = Object.keys(CALLS).flatMap((outer) =>
  Object.keys(CALLS).map((inner) => [inner, outer] as const),
);

test.each(NESTED)('%s in %s is one request', async (innerName, outerName) => {
  const [inner, outer] = [CALLS[innerName]!, CALLS[outerName]!];
  await outer.run(() => inner.run(async () => 'text'));
  // Two that the host counts itself are two, so are two verdicts, and a verdict and what runs when it is there.
  const apart = (inner.explicit && outer.explicit) || (inner.asks && outer.asks) || outerName === 'a client';
  // What a client allows inside of a check is counted by who runs it.
  const decides = innerName === 'a client' && outerName === 'policyCheck';
  const of = (kind: 'requests' | 'times') =>
    apart
      ? Number(!!inner[kind]) + Number(!!outer[kind])
      : Number((inner[kind] && !decides) || outer[kind] || false);
  expect([await total(REQUESTS), await total(TIMES)]).toEqual([of('requests'), of('times')]);
});

test.each(NESTED)('%s that fails in %s is one error', async (innerName, outerName) => {
  const [inner, outer] = [CALLS[innerName]!, CALLS[outerName]!];
  const fails = async () => {
    throw new RangeError('no such file');
  };
  await Promise.resolve(outer.run(() => inner.run(fails))).catch(() => undefined);
  const counted = await bench.counted(ERRORS);
  const governed = [innerName, outerName].some((name) => name.startsWith('a ') && name !== 'a client');
  expect(counted).toEqual(
    governed || innerName === 'adapter' || outerName === 'adapter'
      ? { [`${ERRORS} agent_id=support-1,error_type=RangeError`]: 1 }
      : {},
  );
});

test('what is refused inside of an action makes it denied', async () => {
  const refuses = () => bench.verbs.policyCheck(checked, () => false);
  await adapter.run(invocation, async () => refuses());
  expect(await bench.counted(TIMES)).toEqual({ [`${TIMES} action=read_file,status=denied`]: 1 });
  expect(await total(REQUESTS)).toBe(1);
});

test('a tool call waits for a stream that is given inside of it', async () => {
  const { output } = await governance.toolCall(about, () =>
    adapter.run(invocation, async () => KINDS['an async generator']!.make({ chunks: 2 })),
  );
  expect(await total(TIMES)).toBe(0);
  bench.clock.advance(1000);
  for await (const _ of output as AsyncIterable<unknown>);
  expect(await bench.counted(TIMES)).toEqual({ [`${TIMES} action=read_file,status=success`]: 1 });
});
