import type { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import type { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { about, governedBench, type CallBench } from '../calls/support.js';

// An adapter, a governed call or a tool call inside of obs.execute was one request, but its time counted twice.

const REQUESTS = 'agent_os_requests_total';
const TIMES = 'agent_os_execution_duration_seconds';
const ERRORS = 'agent_os_agent_errors_total';

let bench: CallBench;
let governance: GovernanceInstrumentation;
let client: AgentMeshClient;
let adapter: GenericFrameworkAdapter;
beforeEach(() => ({ bench, governance, client, adapter } = governedBench()));
afterEach(() => bench.obs.shutdown());

const fails = (): never => {
  throw new RangeError('no such file');
};
const WAYS: Record<string, (action: string, tool: () => unknown) => unknown> = {
  'an adapter': (action, tool) => adapter.run({ name: 'tool', action }, async () => tool()),
  'an invocation that the host completes': async (action, tool) => {
    const invocation = await adapter.beginInvocation({ name: 'tool', action });
    if (!invocation.allowed) return;
    try {
      invocation.complete({ output: tool() });
    } catch {
      invocation.complete({ status: 'error', error: 'no such file' });
    }
  },
  'a governed call': (action, tool) => governance.governedCall(client, { action }, tool),
};

describe.each(Object.entries(WAYS))('%s inside of obs.execute', (_, run) => {
  const within = (action: string, tool: () => unknown) =>
    Promise.resolve(bench.verbs.execute({ ...about, action }, () => run(action, tool))).catch(() => {});

  test('is part of it: one request, one time', async () => {
    await within('read_file', () => bench.clock.advance(200));
    expect(await bench.counted(REQUESTS, TIMES)).toEqual({
      [`${REQUESTS} action=read_file,status=success`]: 1,
      [`${TIMES} action=read_file,status=success`]: 1,
    });
    const [time] = (await bench.obs.series()).filter(({ name }) => name === TIMES);
    expect(time?.value).toBeCloseTo(0.2);
  });

  test('makes it fail where it fails, also where nothing is thrown, and the error is the agent’s', async () => {
    await within('read_file', fails);
    const found = await bench.counted(REQUESTS, TIMES, ERRORS);
    expect(found).toMatchObject({
      [`${REQUESTS} action=read_file,status=error`]: 1,
      [`${TIMES} action=read_file,status=error`]: 1,
    });
    expect(Object.values(found)).toEqual([1, 1, 1]);
  });

  test('makes it denied where it is denied', async () => {
    await within('send_mail', () => 'sent');
    expect(await bench.counted(REQUESTS, TIMES)).toEqual({
      [`${REQUESTS} action=send_mail,status=denied`]: 1,
      [`${TIMES} action=send_mail,status=denied`]: 1,
    });
  });

  test('of another action counts by itself', async () => {
    await bench.verbs.execute({ ...about, action: 'answer' }, () => run('read_file', () => 'text'));
    expect(await bench.counted(REQUESTS, TIMES)).toEqual({
      [`${REQUESTS} action=answer,status=success`]: 1,
      [`${REQUESTS} action=read_file,status=success`]: 1,
      [`${TIMES} action=answer,status=success`]: 1,
      [`${TIMES} action=read_file,status=success`]: 1,
    });
  });
});

test('the last of several tries says how the execution ended', async () => {
  let tries = 0;
  const tool = () => (tries++ === 0 ? fails() : 'text');
  const again = async () => {
    await adapter.run({ name: 'tool', action: 'read_file' }, async () => tool());
    await adapter.run({ name: 'tool', action: 'read_file' }, async () => tool());
  };
  await bench.verbs.execute(about, again);
  expect(await bench.counted(REQUESTS, TIMES)).toEqual({
    [`${REQUESTS} action=read_file,status=success`]: 1,
    [`${TIMES} action=read_file,status=success`]: 1,
  });
});

test('a tool call inside of obs.execute is part of it', async () => {
  bench.verbs.execute(about, () => governance.toolCall(about, () => 'text'));
  expect(await bench.counted(TIMES)).toEqual({ [`${TIMES} action=read_file,status=success`]: 1 });
});
