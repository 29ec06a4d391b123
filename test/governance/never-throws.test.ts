import {
  AgentMeshClient,
  ExecutionRing,
  GenericFrameworkAdapter,
  LifecycleState,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import { context, ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { GovernanceInstrumentation, type GovernanceTelemetry } from '../../src/governance/agt/index.js';
import { KernelTracer, type ManualSpan } from '../../src/tracing/index.js';
import { bench } from './support.js';

/** Throws whatever is read or called. */
function hostile(): never {
  return new Proxy(
    {},
    {
      get() {
        throw new Error('hostile');
      },
    },
  ) as never;
}
/** A context that refuses to be read. */
function hostileContext(): Context {
  return { getValue: throws, setValue: throws, deleteValue: throws };
}
const throws = (): never => {
  throw new Error('broken');
};
const brokenSpan = { span: { isRecording: throws, setAttribute: throws }, run: throws, end: throws };

function brokenTracer(): KernelTracer {
  const tracer = new KernelTracer({ tracerProvider: new BasicTracerProvider() });
  for (const start of ['startPolicyCheck', 'startExecute', 'startSignal', 'startViolation'] as const) {
    tracer[start] = () => brokenSpan as unknown as ManualSpan;
  }
  return tracer;
}

/** Goes through all the wrappers; gives what the host saw. */
async function host(telemetry: GovernanceTelemetry | undefined, clock?: () => number) {
  const client = AgentMeshClient.create('a', {
    policyRules: [{ action: 'go', effect: 'allow' }],
    execution: { actionRings: { breach: ExecutionRing.Ring0 }, killOnBreach: true },
  });
  const adapter = new GenericFrameworkAdapter(client);
  const engine = new PolicyEngine([{ action: 'x.*', effect: 'allow' }]);
  if (telemetry) {
    const governance = new GovernanceInstrumentation(telemetry, { ...(clock && { clock }) });
    governance.instrumentAdapter(adapter);
    governance.instrumentPolicyEngine(engine);
  }
  const caught = (error: unknown) => String(error);
  const seen: unknown[] = [];
  seen.push((await client.executeWithGovernance('go')).decision);
  seen.push((await client.executeWithGovernance('no')).decision);
  seen.push((await adapter.run({ name: 'go', action: 'go' }, () => 'output')).output);
  seen.push((await adapter.run({ name: 'go', action: 'go' }, () => Promise.reject(new Error('mine')))).error);
  seen.push((await adapter.beginInvocation({ name: 'go', action: 'go' })).complete({ output: 2 }).output);
  seen.push((await client.executeWithGovernance('breach')).killSwitchResult?.agentId === client.identity.did);
  seen.push(client.lifecycle.activate().to_state);
  seen.push(client.lifecycle.transition(LifecycleState.Suspended, 'x', 'y').to_state);
  seen.push(engine.evaluate('x.y'), engine.evaluatePolicy('a', {}).action);
  seen.push(await engine.evaluateWithBackends('x.y'));
  try {
    engine.evaluate(undefined as never);
  } catch (error) {
    seen.push(String(error));
  }
  seen.push(await client.killSwitch?.kill('b', undefined as never).catch(caught));
  return seen;
}

test.each<[string, () => GovernanceTelemetry, (() => number) | undefined]>([
  ['metrics that throw', () => ({ kernel: hostile(), agent: hostile() }), undefined],
  ['a tracer that throws', () => ({ kernel: bench().kernel, tracer: hostile() }), undefined],
  ['spans that throw', () => ({ kernel: bench().kernel, tracer: brokenTracer() }), undefined],
  ['a clock that throws', () => ({ kernel: bench().kernel }), throws],
  ['everything that throws', () => ({ kernel: hostile(), agent: hostile(), tracer: hostile() }), throws],
])('the host does not notice %s', async (_name, telemetry, clock) => {
  const bare = await host(undefined);
  expect(await host(telemetry(), clock)).toEqual(bare);
  expect(bare).toHaveLength(13);
});

describe('with a context manager', () => {
  const manager = (overrides: Partial<ContextManager>): ContextManager => ({
    active: () => ROOT_CONTEXT,
    with: (_context, fn, self, ...args) => fn.call(self as ThisParameterType<typeof fn>, ...args),
    bind: (_context, target) => target,
    enable: () => manager(overrides),
    disable: () => manager(overrides),
    ...overrides,
  });
  afterEach(() => {
    context.disable();
  });

  test.each<[string, Partial<ContextManager>]>([
    ['that never changes the context', {}],
    ['that cannot tell the context', { active: throws }],
    ['that gives no context', { active: () => undefined as never }],
    ['whose contexts throw', { active: () => hostileContext() }],
    ['that throws before the call', { with: throws }],
    [
      'that throws after the call',
      {
        with: (_context, fn, self, ...args) => {
          fn.call(self as ThisParameterType<typeof fn>, ...args);
          throw new Error('late');
        },
      },
    ],
  ])('%s: each call of the host is made exactly once', async (_name, overrides) => {
    const bare = await host(undefined);
    expect(context.setGlobalContextManager(manager(overrides))).toBe(true);
    const b = bench();
    expect(await host(b)).toEqual(bare);
    expect(await b.total('agent_os_requests_total')).toBe(10);
    expect(await b.total('agent_os_policy_check_duration_seconds')).toBe(9);
    expect(await b.total('agent_os_execution_duration_seconds')).toBe(3);
  });
});

test('without a context manager a wrapper between adapter and client does not make two requests of one', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: [{ action: 'go', effect: 'allow' }] });
  const adapter = new GenericFrameworkAdapter(client);
  b.governance.instrumentAdapter(adapter);
  const ours = client.executeWithGovernance.bind(client);
  client.executeWithGovernance = async (...args) => {
    await Promise.resolve();
    return ours(...args);
  };
  await adapter.run({ name: 'go', action: 'go' }, () => 1);
  expect(await b.total('agent_os_requests_total')).toBe(1);
  expect(await b.total('agent_os_kernel_latency_seconds')).toBe(1);
});
