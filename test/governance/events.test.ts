import { AuditLogger, LifecycleManager, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';

let obs: TestObservability;
let governance: GovernanceInstrumentation;
function started(options: Parameters<typeof createTestObservability>[0] = {}): void {
  obs = createTestObservability(options);
  governance = new GovernanceInstrumentation(obs);
}
beforeEach(() => started());
afterEach(() => obs.shutdown());

const named = (name: string) => obs.emittedEvents().filter((event) => event.name === name);

function engine(): PolicyEngine {
  const made = new PolicyEngine([
    { action: 'read', effect: 'allow' },
    { action: 'delete', effect: 'deny' },
  ]);
  governance.instrumentPolicyEngine(made, { policySet: 'files' });
  return made;
}

test('a denial is an event, an allowed check is none', () => {
  const policy = engine();
  policy.evaluate('read');
  expect(named('agent_os.decision')).toEqual([]);
  policy.evaluate('delete');
  expect(named('agent_os.decision')).toMatchObject([
    {
      severity: 'WARN',
      attributes: { 'agent_os.action': 'delete', 'agent_os.decision': 'deny', 'agent_os.enforced': 'denied' },
    },
  ]);
});

test('by events.allows each decision is an event', () => {
  started({ events: { allows: true } });
  engine().evaluate('read');
  expect(named('agent_os.decision')).toMatchObject([{ attributes: { 'agent_os.enforced': 'allowed' } }]);
});

test('a check that throws is a decision that nobody knows', () => {
  const policy = engine();
  governance.unwrap();
  policy.evaluate = () => {
    throw new RangeError('ill');
  };
  governance.instrumentPolicyEngine(policy);
  expect(() => policy.evaluate('read')).toThrow('ill');
  expect(named('agent_os.decision')).toMatchObject([
    { attributes: { 'agent_os.enforced': 'unknown', 'error.type': 'RangeError' } },
  ]);
});

test('a transition of the lifecycle is an event, once', () => {
  const manager = new LifecycleManager('did:agentmesh:support-1:0123456789abcdef');
  governance.instrumentLifecycle(manager);
  manager.activate('ready');
  manager.suspend('review');
  expect(named('agent_os.lifecycle').map(({ attributes }) => attributes)).toEqual([
    {
      'agent.id': 'support-1',
      'agent_os.state.from': 'provisioning',
      'agent_os.state': 'active',
      'agent_os.reason': 'ready',
    },
    {
      'agent.id': 'support-1',
      'agent_os.state.from': 'active',
      'agent_os.state': 'suspended',
      'agent_os.reason': 'review',
    },
  ]);
});

test('an entry of the audit log is an event with its hash, and one of the active span unless that is turned off', () => {
  const log = (): string => {
    const audit = new AuditLogger();
    governance.instrumentAuditLogger(audit);
    return obs.tracer.execute({ agentId: 'a', action: 'x' }, () =>
      audit.log({ agentId: 'a', action: 'x', decision: 'allow' }),
    ).hash;
  };
  const hash = log();
  expect(named('agent_os.audit')).toMatchObject([
    {
      severity: 'INFO',
      attributes: {
        'agent.id': 'a',
        'agent_os.action': 'x',
        'agent_os.decision': 'allow',
        'agent_os.audit.hash': hash,
      },
    },
  ]);
  expect(obs.spans()[0]?.events).toHaveLength(1);

  started({ events: { spanEvents: false } });
  log();
  expect(named('agent_os.audit')).toHaveLength(1);
  expect(obs.spans()[0]?.events).toEqual([]);
});
