import {
  AgentMeshClient,
  GenericFrameworkAdapter,
  GovernanceMetrics,
  type FrameworkInvocationHandle,
  type PolicyRule,
} from '@microsoft/agent-governance-sdk';
import { SpanStatusCode } from '@opentelemetry/api';
import { bench, only, withContextManager, type Bench } from './support.js';

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

describe('beginInvocation', () => {
  test('an invocation that the host completes ends at that moment', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const handle = await adapter.beginInvocation({ name: 'lookup', action: 'search' });
    expect(only(b.spans(), 'kernel.policy_check')).toBeDefined();
    expect(b.spans()).toHaveLength(1);
    b.clock.advance(2000);
    const result = handle.complete({ output: 1 });
    expect(handle.toResult()).toBe(result);
    expect(await b.series('agent_os_execution_duration_seconds')).toEqual([
      { labels: { action: 'search', status: 'success' }, value: 1, sum: 2 },
    ]);
    expect(b.paths()).toEqual(['kernel.execute', 'kernel.execute/kernel.policy_check']);
    expect(await requestsCounted(b)).toEqual([['search', 'success', 1]]);
  });

  test.each([
    [{ error: 'no luck' }, 'unknown'],
    [{ status: 'error' as const }, 'unknown'],
    [{ status: 'timeout' as const }, 'timeout'],
  ])('an invocation completed with %j is an error of type %s', async (outcome, type) => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const handle = await adapter.beginInvocation({ name: 'lookup', action: 'search' });
    handle.complete(outcome);
    expect(await b.series('agent_os_agent_errors_total')).toEqual([
      { labels: { agent_id: 'support-1', error_type: type }, value: 1 },
    ]);
    const { status, attributes } = only(b.spans(), 'kernel.execute');
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes['error.type']).toBe(type);
  });

  test('an invocation completed twice, or after its denial, throws as without instrumentation and counts once', async () => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const handle = await adapter.beginInvocation({ name: 'lookup', action: 'search' });
    handle.complete();
    expect(() => handle.complete()).toThrow('already completed');
    const denied = await adapter.beginInvocation({ name: 'wipe', action: 'wipe' });
    expect(() => denied.complete()).toThrow('already completed');
    expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
      { labels: { action: 'search', status: 'success' }, value: 1 },
      { labels: { action: 'wipe', status: 'denied' }, value: 1 },
    ]);
    expect(b.spans().filter(({ name }) => name === 'kernel.execute')).toHaveLength(2);
  });

  test('a completion that fails because a sink of the host throws is an error', async () => {
    const b = bench();
    const metrics = new GovernanceMetrics({ enabled: true });
    const boom = new Error('boom');
    const { adapter } = adapterOf(b, 'a', metrics);
    const handle = await adapter.beginInvocation({ name: 'lookup', action: 'search' });
    metrics.registerSink({
      record() {
        throw boom;
      },
    });
    expect(() => handle.complete()).toThrow(boom);
    expect(await b.series('agent_os_execution_duration_seconds')).toMatchObject([
      { labels: { action: 'search', status: 'error' }, value: 1 },
    ]);
    expect(only(b.spans(), 'kernel.execute').status.code).toBe(SpanStatusCode.ERROR);
  });
});

describe('an adapter whose client is out of reach', () => {
  class Foreign extends GenericFrameworkAdapter {
    readonly #inner: GenericFrameworkAdapter;
    constructor(inner: GenericFrameworkAdapter) {
      super(undefined as never);
      this.#inner = inner;
    }
    override beginInvocation<T>(invocation: { name: string }): Promise<FrameworkInvocationHandle<T>> {
      return this.#inner.beginInvocation<T>(invocation);
    }
  }

  test('still counts its requests, by the verdict of the handle, under the agent id that the host gives', async () => {
    const b = bench();
    const client = AgentMeshClient.create('hidden', { policyRules: RULES });
    const adapter = new Foreign(new GenericFrameworkAdapter(client));
    b.governance.instrumentAdapter(adapter, { agentId: 'did:agentmesh:shown:0123456789abcdef' });
    await adapter.run({ name: 'lookup', action: 'search' }, () => 1);
    await adapter.run({ name: 'wipe', action: 'wipe' }, () => 1);
    expect(await requestsCounted(b)).toEqual([
      ['search', 'success', 1],
      ['wipe', 'denied', 1],
    ]);
    expect(await b.series('agent_os_violations_total')).toEqual([
      { labels: { agent_id: 'shown', action: 'wipe', policy: 'flat_rules', severity: 'high' }, value: 1 },
    ]);
    expect(await b.total('agent_os_kernel_latency_seconds')).toBe(2);
    expect(await b.total('agent_os_execution_duration_seconds')).toBe(2);
  });
});
