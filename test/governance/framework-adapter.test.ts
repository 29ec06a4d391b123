import {
  AgentMeshClient,
  ExecutionRing,
  GenericFrameworkAdapter,
  GovernanceMetrics,
  type PolicyRule,
} from '@microsoft/agent-governance-sdk';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { bench, deferred, only, withContextManager, type Bench } from './support.js';

withContextManager();

const RULES: PolicyRule[] = [
  { action: 'framework.tool_call.*', effect: 'allow' },
  { action: 'search', effect: 'allow' },
];

function adapterOf(b: Bench, agentId = 'support-1', metrics?: GovernanceMetrics) {
  const client = AgentMeshClient.create(agentId, { policyRules: RULES });
  const adapter = new GenericFrameworkAdapter(client, metrics ? { metrics } : {});
  b.governance.instrumentAdapter(adapter);
  return { client, adapter };
}
const requestsCounted = async (b: Bench) =>
  (await b.series('agent_os_requests_total')).map(({ labels, value }) => [
    labels.action,
    labels.status,
    value,
  ]);

describe('run', () => {
  test('an allowed invocation is one execution: verdict and handler inside, timed to the handler’s end', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const output = { found: 3 };

    const result = await adapter.run({ name: 'lookup', kind: 'tool_call' }, async () => {
      b.tracer.span('handler', {}, () => undefined);
      await Promise.resolve();
      b.clock.advance(250);
      return output;
    });

    expect(result.output).toBe(output);
    const action = 'framework.tool_call.lookup';
    expect(await b.series('agent_os_execution_duration_seconds')).toEqual([
      { labels: { action, status: 'success' }, value: 1, sum: 0.25 },
    ]);
    expect(await requestsCounted(b)).toEqual([[action, 'success', 1]]);
    expect(await b.series('agent_os_kernel_latency_seconds')).toEqual([{ labels: {}, value: 1, sum: 0 }]);
    expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
    expect(b.paths()).toEqual([
      'kernel.execute',
      'kernel.execute/handler',
      'kernel.execute/kernel.policy_check',
    ]);
    expect(only(b.spans(), 'kernel.execute').attributes).toMatchObject({
      'agent.id': 'support-1',
      'agent_os.action': action,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': action,
      'agent_os.decision': 'allow',
      'agent_os.enforced': 'allowed',
    });
  });

  test.each([
    ['an error', new RangeError('boom'), 'RangeError', 'boom'],
    ['a text', 'boom', 'string', 'Unknown framework handler error'],
    ['nothing', undefined, 'undefined', 'Unknown framework handler error'],
  ])(
    'a handler that throws %s is an error of the agent, though run resolves',
    async (_w, thrown, type, text) => {
      const b = bench();
      const { adapter } = adapterOf(b);
      const result = await adapter.run({ name: 'lookup', action: 'search' }, async () => {
        throw thrown;
      });
      expect(result).toMatchObject({ allowed: true, error: text });
      expect(await b.series('agent_os_agent_errors_total')).toEqual([
        { labels: { agent_id: 'support-1', error_type: type }, value: 1 },
      ]);
      expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
        { labels: { action: 'search', status: 'error' }, value: 1 },
      ]);
      expect(await requestsCounted(b)).toEqual([['search', 'success', 1]]);
      const span = only(b.spans(), 'kernel.execute');
      expect(span.status.code).toBe(SpanStatusCode.ERROR);
      expect(span.events.filter(({ name }) => name === 'exception')).toHaveLength(1);
    },
  );

  test('a handler that throws at once, or is no function, is an error too', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    await adapter.run({ name: 'lookup', action: 'search' }, () => {
      throw new RangeError('boom');
    });
    const result = await adapter.run({ name: 'lookup', action: 'search' }, 7 as never);
    expect(result.error).toContain('not a function');
    expect((await b.series('agent_os_agent_errors_total')).map(({ labels }) => labels.error_type)).toEqual([
      'RangeError',
      'unknown',
    ]);
  });

  test('a denied invocation is timed as denied, and its handler does not run', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const handler = jest.fn();
    const result = await adapter.run({ name: 'wipe', action: 'wipe' }, handler);
    expect(handler).not.toHaveBeenCalled();
    expect(result.allowed).toBe(false);
    expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
      { labels: { action: 'wipe', status: 'denied' }, value: 1 },
    ]);
    expect(await requestsCounted(b)).toEqual([['wipe', 'denied', 1]]);
    expect(await b.total('agent_os_violations_total')).toBe(1);
    expect(await b.total('agent_os_agent_errors_total')).toBe(0);
    const span = only(b.spans(), 'kernel.execute');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes['agent_os.reason']).toBe('Governance denied action "wipe"');
  });

  test('a caller that claims to be another agent is a violation of identity, though no policy was asked', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const result = await adapter.run({ name: 'lookup', action: 'search', agentId: 'somebody' }, () => 1);
    expect(result.allowed).toBe(false);
    expect(await b.series('agent_os_violations_total')).toEqual([
      {
        labels: { agent_id: 'support-1', action: 'search', policy: 'agent_identity', severity: 'high' },
        value: 1,
      },
    ]);
    expect(await requestsCounted(b)).toEqual([['search', 'denied', 1]]);
    expect(await b.total('agent_os_policy_decisions_total')).toBe(0);
  });

  test('what an action resolver throws is rethrown, as a failed request', async () => {
    const b = bench();
    const boom = new Error('boom');
    const client = AgentMeshClient.create('a');
    const adapter = new GenericFrameworkAdapter(client, {
      actionResolver: () => {
        throw boom;
      },
    });
    b.governance.instrumentAdapter(adapter);
    await expect(adapter.run({ name: 'x' }, () => 1)).rejects.toBe(boom);
    await expect(adapter.beginInvocation({ name: 'x' })).rejects.toBe(boom);
    expect(await requestsCounted(b)).toEqual([['unknown', 'error', 2]]);
    expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
      { labels: { action: 'unknown', status: 'error' }, value: 2 },
    ]);
    expect(await b.total('agent_os_agent_errors_total')).toBe(0);
    expect(b.spans().every(({ status }) => status.code === SpanStatusCode.ERROR)).toBe(true);
  });

  test('without an invocation run rejects with the SDK’s own exception, and counts an error', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    await expect(adapter.run(undefined as never, () => 1)).rejects.toThrow(TypeError);
    expect(await requestsCounted(b)).toEqual([['unknown', 'error', 1]]);
    expect(b.spans()).toHaveLength(1);
  });

  test('an invocation whose client fails is counted once', async () => {
    const b = bench();
    const client = AgentMeshClient.create('a', { policyRules: [{ action: 'x.*', effect: 'allow' }] });
    const boom = new Error('boom');
    client.policy.evaluate = () => {
      throw boom;
    };
    const adapter = new GenericFrameworkAdapter(client);
    b.governance.instrumentAdapter(adapter);
    await expect(adapter.run({ name: 'x', action: 'x.y' }, () => 1)).rejects.toBe(boom);
    expect(await requestsCounted(b)).toEqual([['x.y', 'error', 1]]);
    expect(await b.total('agent_os_execution_duration_seconds')).toBe(1);
  });

  test('requests that a handler makes are requests of their own, under its span', async () => {
    const b = bench();
    const { adapter, client } = adapterOf(b);
    await adapter.run({ name: 'lookup', action: 'search' }, async () => {
      await client.executeWithGovernance('search');
      await adapter.run({ name: 'inner', action: 'search' }, () => 1);
    });
    expect(await requestsCounted(b)).toEqual([['search', 'success', 3]]);
    expect(await b.total('agent_os_execution_duration_seconds')).toBe(2);
    expect(b.paths()).toEqual([
      'kernel.execute',
      'kernel.execute/kernel.execute',
      'kernel.execute/kernel.execute',
      'kernel.execute/kernel.execute/kernel.policy_check',
      'kernel.execute/kernel.execute/kernel.policy_check',
      'kernel.execute/kernel.policy_check',
    ]);
  });

  test('invocations of several agents at once keep their spans apart', async () => {
    const b = bench();
    const gates = [deferred(), deferred(), deferred()];
    const runs = gates.map(({ promise }, i) =>
      adapterOf(b, `agent-${i}`).adapter.run({ name: 'lookup', action: 'search' }, async () => {
        await promise;
        b.tracer.span(`work of agent-${i}`, {}, () => undefined);
      }),
    );
    for (const gate of [...gates].reverse()) gate.resolve();
    await Promise.all(runs);
    for (const span of b.spans().filter(({ name }) => name.startsWith('work of'))) {
      const parent = b.spans().find((s) => s.spanContext().spanId === span.parentSpanContext?.spanId);
      expect(`work of ${String(parent?.attributes['agent.id'])}`).toBe(span.name);
    }
  });

  test('a wrapper of somebody else between adapter and client does not split the request', async () => {
    const b = bench();
    const { adapter, client } = adapterOf(b);
    const ours = client.executeWithGovernance.bind(client);
    client.executeWithGovernance = async (...args) => {
      await new Promise((resolve) => setImmediate(resolve));
      return ours(...args);
    };
    await adapter.run({ name: 'lookup', action: 'search' }, () => 1);
    expect(await requestsCounted(b)).toEqual([['search', 'success', 1]]);
    expect(b.paths()).toEqual(['kernel.execute', 'kernel.execute/kernel.policy_check']);
  });

  test('a request made meanwhile, while the adapter still waits for its own, is another', async () => {
    const b = bench();
    const { adapter, client } = adapterOf(b);
    const ours = client.executeWithGovernance.bind(client);
    const gate = deferred();
    client.executeWithGovernance = async (...args) => {
      await gate.promise;
      return ours(...args);
    };
    const run = adapter.run({ name: 'lookup', action: 'search' }, () => 1);
    await ours('search');
    gate.resolve();
    await run;
    expect(await requestsCounted(b)).toEqual([['search', 'success', 2]]);
    expect(b.paths()).toEqual([
      'kernel.execute',
      'kernel.execute',
      'kernel.execute/kernel.policy_check',
      'kernel.execute/kernel.policy_check',
    ]);
  });

  test('a request that a kill handler makes of the same client is another', async () => {
    const b = bench();
    const client = AgentMeshClient.create('a', {
      policyRules: [{ action: 'notify', effect: 'allow' }],
      execution: { actionRings: { 'host.*': ExecutionRing.Ring0 }, killOnBreach: true },
    });
    const adapter = new GenericFrameworkAdapter(client);
    b.governance.instrumentAdapter(adapter);
    client.killSwitch?.registerHandler(client.identity.did, async () => {
      await client.executeWithGovernance('notify');
    });
    await adapter.run({ name: 'shell', action: 'host.shell' }, () => 1);
    expect(await requestsCounted(b)).toEqual([
      ['notify', 'success', 1],
      ['host.shell', 'denied', 1],
    ]);
    expect(b.paths()).toContain('kernel.execute/kernel.signal/kernel.execute/kernel.policy_check');
  });

  test('the handler is called as the SDK calls it, and its own span is active inside only', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    let seen: unknown[] = [];
    await adapter.run({ name: 'lookup', action: 'search' }, function (this: unknown, ...args: unknown[]) {
      seen = [this, args, trace.getActiveSpan()?.isRecording()];
    });
    expect(seen).toEqual([undefined, [], true]);
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});
