import { SpanStatusCode, trace } from '@opentelemetry/api';
import { AgentMeshClient } from '@microsoft/agent-governance-sdk';
import { bench, only, withContextManager, type Bench } from './support.js';

withContextManager();

const RULES = [
  { action: 'read', effect: 'allow' as const },
  { action: 'pay', effect: 'review' as const },
];
const clientOf = () => AgentMeshClient.create('a', { policyRules: RULES });
const executions = (b: Bench) => b.series('agent_os_execution_duration_seconds');
const execute = (b: Bench) => only(b.spans(), 'kernel.execute');

describe.each([
  ['an instrumented client', true],
  ['a client that is not instrumented', false],
])('a governed call of %s', (_title, instrumented) => {
  let b: Bench;
  let client: AgentMeshClient;
  beforeEach(() => {
    b = bench();
    client = clientOf();
    if (instrumented) b.governance.instrumentClient(client);
  });

  test('is one request, timed to the end of the tool, which runs in its span', async () => {
    let active: unknown;
    const outcome = await b.governance.governedCall(
      client,
      { action: 'read', params: { path: 'x' } },
      async () => {
        active = trace.getActiveSpan()?.spanContext().spanId;
        b.clock.advance(200);
        return 'text';
      },
    );
    expect(outcome).toMatchObject({ allowed: true, output: 'text', verdict: { decision: 'allow' } });
    expect(active).toBe(execute(b).spanContext().spanId);
    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'read', status: 'success' }, value: 1 },
    ]);
    expect(await executions(b)).toEqual([
      { labels: { action: 'read', status: 'success' }, value: 1, sum: 0.2 },
    ]);
    expect(b.spansText()).not.toContain('path');
  });

  test.each(['wipe', 'pay'])('does not run a tool that is not allowed: %s', async (action) => {
    const run = jest.fn();
    const outcome = await b.governance.governedCall(client, { action }, run);
    expect(outcome.allowed).toBe(false);
    expect(run).not.toHaveBeenCalled();
    expect(await executions(b)).toMatchObject([{ labels: { action, status: 'denied' }, value: 1 }]);
    expect(await b.total('agent_os_violations_total')).toBe(action === 'wipe' ? 1 : 0);
    expect(execute(b).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('is an error where the tool throws, and throws the same', async () => {
    const failure = new RangeError('no such file');
    const call = b.governance.governedCall(client, { action: 'read' }, () => {
      b.clock.advance(200);
      throw failure;
    });
    await expect(call).rejects.toBe(failure);
    expect(await executions(b)).toEqual([
      { labels: { action: 'read', status: 'error' }, value: 1, sum: 0.2 },
    ]);
    expect(await b.series('agent_os_agent_errors_total')).toMatchObject([
      { labels: { agent_id: 'a', error_type: 'RangeError' } },
    ]);
    expect(execute(b).status.code).toBe(SpanStatusCode.ERROR);
  });

  test('is an error where the client throws, and the tool does not run', async () => {
    const failure = new TypeError('no rules');
    client.policy.evaluate = () => {
      throw failure;
    };
    const run = jest.fn();
    await expect(b.governance.governedCall(client, { action: 'read' }, run)).rejects.toBe(failure);
    expect(run).not.toHaveBeenCalled();
    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'read', status: 'error' }, value: 1 },
    ]);
    expect(await executions(b)).toMatchObject([{ labels: { status: 'error' }, value: 1 }]);
  });

  test('holds what the tool asks for itself as requests of their own', async () => {
    await b.governance.governedCall(client, { action: 'read' }, () =>
      b.governance.governedCall(client, { action: 'read' }, () => 1),
    );
    expect(await b.total('agent_os_requests_total')).toBe(2);
    expect(b.paths()).toContain('kernel.execute/kernel.execute');
  });
});

test('a tool on which the host has decided is timed, gives what it gives and throws what it throws', async () => {
  const b = bench();
  const call = { agentId: 'did:agentmesh:a:0123456789abcdef', action: 'read' };
  expect(b.governance.toolCall(call, () => trace.getActiveSpan()?.isRecording())).toBe(true);
  const failure = new RangeError('no');
  const failing = () => {
    throw failure;
  };
  expect(() => b.governance.toolCall(call, failing)).toThrow(failure);
  await expect(b.governance.toolCall(call, async () => failing())).rejects.toBe(failure);
  expect(await executions(b)).toMatchObject([
    { labels: { action: 'read', status: 'success' }, value: 1 },
    { labels: { action: 'read', status: 'error' }, value: 2 },
  ]);
  expect(await b.total('agent_os_requests_total')).toBe(0);
  expect(await b.series('agent_os_agent_errors_total')).toMatchObject([
    { labels: { agent_id: 'a' }, value: 2 },
  ]);
});

test.each<[how: string, call: (b: Bench, run: () => AsyncGenerator<number>) => unknown]>([
  ['a tool call', (b, run) => b.governance.toolCall({ agentId: 'a', action: 'read' }, run)],
  ['an async one', (b, run) => b.governance.toolCall({ agentId: 'a', action: 'read' }, async () => run())],
  [
    'a governed call',
    async (b, run) =>
      ((await b.governance.governedCall(clientOf(), { action: 'read' }, run)) as { output: unknown }).output,
  ],
])('%s that gives a stream ends with the stream, and fails where that fails', async (_, call) => {
  const b = bench();
  async function* chunks(): AsyncGenerator<number> {
    yield 1;
    b.tracer.span('chunk', {}, () => undefined);
    throw new RangeError('broke off');
  }
  const output = (await call(b, chunks)) as AsyncIterable<number>;
  expect(await executions(b)).toEqual([]);
  b.clock.advance(300);
  const reading = (async () => {
    for await (const _ of output);
  })();
  await expect(reading).rejects.toThrow('broke off');
  expect(await executions(b)).toEqual([{ labels: { action: 'read', status: 'error' }, value: 1, sum: 0.3 }]);
  expect(await b.total('agent_os_agent_errors_total')).toBe(1);
  expect(b.paths()).toContain('kernel.execute/chunk');
});
