import {
  AgentMeshClient,
  ExecutionRing,
  type AgentMeshConfig,
  type PolicyRule,
} from '@microsoft/agent-governance-sdk';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { bench, only, withContextManager, type Bench } from './support.js';

withContextManager();

const RULES: PolicyRule[] = [
  { action: 'read.*', effect: 'allow' },
  { action: 'pay', effect: 'review' },
];

function clientOf(b: Bench, options: Partial<AgentMeshConfig> = {}): AgentMeshClient {
  const client = AgentMeshClient.create('support-1', { policyRules: RULES, ...options });
  b.governance.instrumentClient(client);
  return client;
}
const BREACH: Partial<AgentMeshConfig> = {
  execution: { actionRings: { 'deploy.*': ExecutionRing.Ring1, 'root.*': ExecutionRing.Ring0 } },
};

describe('executeWithGovernance', () => {
  test('an allowed request is a success: one execution with the policy check inside', async () => {
    const b = bench();
    const client = clientOf(b);

    const result = await client.executeWithGovernance('read.file', { path: '/etc' });

    expect(result.decision).toBe('allow');
    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'read.file', status: 'success' }, value: 1 },
    ]);
    expect(await b.total('agent_os_kernel_latency_seconds')).toBe(1);
    expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
    expect(await b.total('agent_os_policy_check_duration_seconds')).toBe(1);
    expect(await b.total('agent_os_execution_duration_seconds')).toBe(0);
    expect(await b.total('agent_os_violations_total')).toBe(0);
    expect(b.paths()).toEqual(['kernel.execute', 'kernel.execute/kernel.policy_check']);
    expect(only(b.spans(), 'kernel.execute').attributes).toMatchObject({
      'agent.id': 'support-1',
      'agent_os.action': 'read.file',
      'gen_ai.agent.id': 'support-1',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'read.file',
      'agent_os.decision': 'allow',
      'agent_os.enforced': 'allowed',
      'kernel.component': 'dispatcher',
    });
    expect(only(b.spans(), 'kernel.policy_check').attributes['agent.id']).toBe('support-1');
  });

  test('a denial is a violation, blocked, with its own span and an event on the execution', async () => {
    const b = bench();
    const client = clientOf(b);

    await client.executeWithGovernance('wipe');

    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'wipe', status: 'denied' }, value: 1 },
    ]);
    expect(await b.series('agent_os_violations_total')).toEqual([
      { labels: { agent_id: 'support-1', action: 'wipe', policy: 'flat_rules', severity: 'high' }, value: 1 },
    ]);
    expect(await b.series('agent_os_violations_blocked_total')).toEqual([
      { labels: { agent_id: 'support-1', action: 'wipe' }, value: 1 },
    ]);
    expect(b.paths()).toEqual([
      'kernel.execute',
      'kernel.execute/kernel.policy_check',
      'kernel.execute/kernel.violation',
    ]);
    const execution = only(b.spans(), 'kernel.execute');
    expect(execution.status.code).toBe(SpanStatusCode.UNSET);
    expect(execution.events.map(({ name }) => name)).toEqual(['agent_os.audit', 'agent_os.violation']);
    expect(only(b.spans(), 'kernel.violation').attributes).toMatchObject({
      'agent.id': 'support-1',
      'agent_os.policy': 'flat_rules',
      'agent_os.severity': 'high',
    });
  });

  test('without a tracer the violation is an event on the host’s span', async () => {
    const b = bench({ spans: false });
    const client = clientOf(b);
    await b.tracer.span('host', {}, () => client.executeWithGovernance('wipe'));
    expect(b.paths()).toEqual(['host']);
    expect(only(b.spans(), 'host').events.map(({ name }) => name)).toEqual(['agent_os.violation']);
  });

  test('a review is denied until a person approves, but nothing was violated', async () => {
    const b = bench();
    const client = clientOf(b);
    await client.executeWithGovernance('pay');
    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'pay', status: 'denied' }, value: 1 },
    ]);
    expect(await b.total('agent_os_violations_total')).toBe(0);
    expect(await b.total('agent_os_violations_blocked_total')).toBe(0);
    expect(only(b.spans(), 'kernel.execute').attributes).toMatchObject({
      'agent_os.decision': 'review',
      'agent_os.enforced': 'denied',
    });
  });

  test('the policySet option of a client is the policy label of its flat rules', async () => {
    const b = bench();
    const client = AgentMeshClient.create('support-1', { policyRules: RULES });
    b.governance.instrumentClient(client, { policySet: 'house' });
    await client.executeWithGovernance('wipe');
    expect((await b.series('agent_os_violations_total'))[0]?.labels.policy).toBe('house');
    expect((await b.series('agent_os_policy_decisions_total'))[0]?.labels.policy).toBe('house');
  });

  test('the kernel’s latency of a request is in seconds', async () => {
    const b = bench();
    class Slow extends AgentMeshClient {
      override async executeWithGovernance(...args: [string]) {
        b.clock.advance(3);
        return super.executeWithGovernance(...args);
      }
    }
    const client = new Slow({ agentId: 'slow' });
    b.governance.instrumentClient(client);
    await client.executeWithGovernance('read');
    expect(await b.series('agent_os_kernel_latency_seconds')).toEqual([{ labels: {}, value: 1, sum: 0.003 }]);
  });

  test('a request that fails is an error, and rejects with the same exception', async () => {
    const b = bench();
    const boom = new Error('boom');
    const client = clientOf(b, { execution: { ...BREACH.execution, killOnBreach: true } });
    client.killSwitch?.registerHandler(client.identity.did, () => {
      throw boom;
    });

    await expect(client.executeWithGovernance('deploy.prod')).rejects.toBe(boom);

    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'deploy.prod', status: 'error' }, value: 1 },
    ]);
    expect(await b.total('agent_os_sigkill_total')).toBe(0);
    const execution = only(b.spans(), 'kernel.execute');
    expect(execution.status.code).toBe(SpanStatusCode.ERROR);
    const kill = b.spans().find((span) => span.attributes['agent_os.signal'] === 'SIGKILL');
    expect(kill?.events.map(({ name }) => name)).toEqual(['exception']);
    expect(execution.events.filter(({ name }) => name === 'exception')).toEqual([]);
  });

  test('a request whose action is no text counts as action unknown, and rejects with the SDK’s own error', async () => {
    const b = bench();
    const client = clientOf(b);
    await expect(client.executeWithGovernance(undefined as never)).rejects.toThrow(TypeError);
    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'unknown', status: 'error' }, value: 1 },
    ]);
  });

  test('requests of several agents at once nest each under its own execution', async () => {
    const b = bench();
    const agents = ['a', 'b', 'c'].map((agentId) => {
      const client = AgentMeshClient.create(agentId, { policyRules: [{ action: 'go', effect: 'allow' }] });
      b.governance.instrumentClient(client);
      return client;
    });
    await Promise.all(agents.flatMap((c) => [c.executeWithGovernance('go'), c.executeWithGovernance('no')]));

    const executions = b.spans().filter(({ name }) => name === 'kernel.execute');
    expect(executions).toHaveLength(6);
    for (const execution of executions) {
      const children = b
        .spans()
        .filter((span) => span.parentSpanContext?.spanId === execution.spanContext().spanId);
      const denied = execution.attributes['agent_os.action'] === 'no';
      expect(children.map(({ name }) => name).sort()).toEqual(
        denied ? ['kernel.policy_check', 'kernel.violation'] : ['kernel.policy_check'],
      );
      for (const child of children) {
        expect(child.attributes['agent.id']).toBe(execution.attributes['agent.id']);
        expect(child.spanContext().traceId).toBe(execution.spanContext().traceId);
      }
    }
    expect(await b.total('agent_os_active_agents')).toBe(3);
  });

  test('after a request the host’s span is active as before', async () => {
    const b = bench();
    const client = clientOf(b);
    await b.tracer.span('host', {}, async (span) => {
      await client.executeWithGovernance('read.file');
      expect(trace.getActiveSpan()).toBe(span);
    });
  });

  test('a second client used by a kill handler is a request of its own', async () => {
    const b = bench();
    const client = clientOf(b, { execution: { ...BREACH.execution, killOnBreach: true } });
    const other = AgentMeshClient.create('undertaker', {
      policyRules: [{ action: 'bury', effect: 'allow' }],
    });
    b.governance.instrumentClient(other);
    client.killSwitch?.registerHandler(client.identity.did, async () => {
      await other.executeWithGovernance('bury');
    });
    await client.executeWithGovernance('deploy.prod');
    expect(b.paths()).toContain('kernel.execute/kernel.signal/kernel.execute/kernel.policy_check');
    expect(await b.series('agent_os_requests_total')).toEqual([
      { labels: { action: 'bury', status: 'success' }, value: 1 },
      { labels: { action: 'deploy.prod', status: 'denied' }, value: 1 },
    ]);
  });
});

describe('a ring breach', () => {
  test.each([
    ['deploy.prod', 'high'],
    ['root.shell', 'critical'],
  ])('of %s is a violation of execution_ring with severity %s', async (action, severity) => {
    const b = bench();
    const client = clientOf(b, BREACH);
    const result = await client.executeWithGovernance(action);
    expect(await b.series('agent_os_violations_total')).toEqual([
      { labels: { agent_id: 'support-1', action, policy: 'execution_ring', severity }, value: 1 },
    ]);
    expect(await b.total('agent_os_violations_blocked_total')).toBe(1);
    expect(await b.total('agent_os_policy_decisions_total')).toBe(0);
    expect(only(b.spans(), 'kernel.violation').attributes['agent_os.reason']).toBe(
      result.ringViolation?.message,
    );
  });

  test('counts its quarantine as one SIGSTOP and its kill as one SIGKILL, all under one execution', async () => {
    const b = bench();
    const client = clientOf(b, { execution: { ...BREACH.execution, killOnBreach: true } });
    client.killSwitch?.registerHandler(client.identity.did, () => {});

    const result = await client.executeWithGovernance('deploy.prod');

    expect(result.killSwitchResult).toBeDefined();
    expect(await b.series('agent_os_signals_total')).toEqual([
      { labels: { signal: 'SIGSTOP', reason: 'ring_breach' }, value: 1 },
      { labels: { signal: 'SIGKILL', reason: 'ring_breach' }, value: 1 },
    ]);
    expect(await b.series('agent_os_sigkill_total')).toEqual([
      { labels: { agent_id: 'support-1', reason: 'ring_breach' }, value: 1 },
    ]);
    expect(await b.total('agent_os_active_agents')).toBe(0);
    expect(b.paths()).toEqual([
      'kernel.execute',
      'kernel.execute/kernel.signal',
      'kernel.execute/kernel.signal',
      'kernel.execute/kernel.violation',
    ]);
  });

  test('counts a kill that no wrapper saw from the result of the request', async () => {
    const b = bench();
    const client = clientOf(b, { execution: { ...BREACH.execution, killOnBreach: true } });
    client.killSwitch?.registerHandler(client.identity.did, () => {});
    delete (client.killSwitch as { kill?: unknown }).kill;
    await client.executeWithGovernance('deploy.prod');
    expect(await b.series('agent_os_sigkill_total')).toEqual([
      { labels: { agent_id: 'support-1', reason: 'ring_breach' }, value: 1 },
    ]);
  });
});

describe('the severity', () => {
  test('of a violation is what the host’s severityOf returns', async () => {
    const seen: unknown[] = [];
    const b = bench({
      severityOf: (violation) => {
        seen.push(violation);
        return 'low';
      },
    });
    await clientOf(b).executeWithGovernance('wipe');
    expect((await b.series('agent_os_violations_total'))[0]?.labels.severity).toBe('low');
    expect(seen).toEqual([{ agentId: 'support-1', action: 'wipe', policy: 'flat_rules' }]);
  });

  test.each([
    () => {
      throw new Error('no idea');
    },
    () => 'awful' as never,
  ])('of a violation is high where severityOf throws or returns no severity (%#)', async (severityOf) => {
    const b = bench({ severityOf });
    await clientOf(b).executeWithGovernance('wipe');
    expect((await b.series('agent_os_violations_total'))[0]?.labels.severity).toBe('high');
  });
});

describe('the audit log', () => {
  test('leaves the hash of each entry on the active span, and returns the entry as it is', async () => {
    const b = bench();
    const client = clientOf(b);
    const { auditEntry } = await client.executeWithGovernance('read.file');
    expect(client.audit.getEntries()[0]).toBe(auditEntry);
    expect(only(b.spans(), 'kernel.execute').events).toMatchObject([
      {
        name: 'agent_os.audit',
        attributes: { 'agent_os.audit.hash': auditEntry.hash, 'agent_os.decision': 'allow' },
      },
    ]);
    expect(client.audit.verify()).toBe(true);
  });

  test('only logs an entry outside a span or without a tracer', () => {
    for (const spans of [true, false]) {
      const b = bench({ spans });
      const { audit } = clientOf(b);
      audit.log({ agentId: 'support-1', action: 'x', decision: 'deny' });
      expect(audit.length).toBe(1);
    }
  });

  test('rethrows what log() throws', () => {
    const b = bench();
    const { audit } = clientOf(b);
    expect(() => audit.log(undefined as never)).toThrow(TypeError);
  });
});

test('a client whose kill switch is disabled is instrumented without it', async () => {
  const b = bench();
  const client = clientOf(b, { killSwitch: { enabled: false } });
  expect(client.killSwitch).toBeUndefined();
  await client.executeWithGovernance('read.file');
  expect(await b.total('agent_os_requests_total')).toBe(1);
});
