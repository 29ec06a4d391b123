import {
  AgentMeshClient,
  AuditLogger,
  GenericFrameworkAdapter,
  KillSwitch,
  LifecycleManager,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { bench, withContextManager } from './support.js';

withContextManager();

const RULES = [{ action: '*', effect: 'allow' as const }];

function instances() {
  const client = AgentMeshClient.create('a', { policyRules: RULES });
  return {
    client,
    adapter: new GenericFrameworkAdapter(AgentMeshClient.create('b')),
    engine: new PolicyEngine(RULES),
    killSwitch: new KillSwitch(),
    lifecycle: new LifecycleManager('a'),
    audit: new AuditLogger(),
  };
}
const descriptors = (all: object[]) => all.map((each) => Object.getOwnPropertyDescriptors(each));

test('unwrap gives every instance its own methods back', async () => {
  const b = bench();
  const { client, adapter, engine, killSwitch, lifecycle, audit } = instances();
  const parts = [client.policy, client.lifecycle, client.killSwitch as KillSwitch, client.audit];
  const all = [client, adapter, engine, killSwitch, lifecycle, audit, ...parts];
  const before = descriptors(all);
  const unwraps = [
    b.governance.instrumentClient(client),
    b.governance.instrumentAdapter(adapter),
    b.governance.instrumentPolicyEngine(engine),
    b.governance.instrumentKillSwitch(killSwitch),
    b.governance.instrumentLifecycle(lifecycle),
    b.governance.instrumentAuditLogger(audit),
  ];
  expect(descriptors(all)).not.toEqual(before);

  for (const unwrap of unwraps) unwrap();
  expect(descriptors(all)).toEqual(before);
  for (const unwrap of unwraps) unwrap();

  b.governance.instrumentClient(client);
  b.governance.instrumentAdapter(adapter);
  b.governance.unwrap();
  b.governance.unwrap();
  expect(descriptors(all)).toEqual(before);
  await client.executeWithGovernance('x');
  expect(await b.total('agent_os_requests_total')).toBe(0);
});

test('an instance instrumented twice counts once, and has the same unwrap', async () => {
  const b = bench();
  const { client, adapter } = instances();
  const unwrap = b.governance.instrumentClient(client);
  expect(b.governance.instrumentClient(client)).toBe(unwrap);
  b.governance.instrumentPolicyEngine(client.policy);
  b.governance.instrumentAdapter(adapter);
  b.governance.instrumentAdapter(adapter);
  await client.executeWithGovernance('x');
  expect(await b.total('agent_os_requests_total')).toBe(1);
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
});

test('a second instrumentation on the same metrics counts nothing twice; on others it counts for itself', async () => {
  const [b, other] = [bench(), bench()];
  const { client } = instances();
  b.governance.instrumentClient(client);
  const twin = new GovernanceInstrumentation({ kernel: b.kernel, tracer: b.tracer });
  const nothing = twin.instrumentClient(client);
  other.governance.instrumentClient(client);
  await client.executeWithGovernance('x');
  expect(await b.total('agent_os_requests_total')).toBe(1);
  expect(await other.total('agent_os_requests_total')).toBe(1);
  expect(b.spans()).toHaveLength(2);
  nothing();
  await client.executeWithGovernance('x');
  expect(await b.total('agent_os_requests_total')).toBe(2);

  b.governance.unwrap();
  twin.instrumentClient(client);
  await client.executeWithGovernance('x');
  expect(await b.total('agent_os_requests_total')).toBe(3);
  expect(await other.total('agent_os_requests_total')).toBe(3);
});

test('unwrapping a client leaves its engine instrumented where that was instrumented before', async () => {
  const b = bench();
  const { client } = instances();
  const engine = b.governance.instrumentPolicyEngine(client.policy);
  b.governance.instrumentClient(client)();
  client.policy.evaluate('x');
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
  engine();
  client.policy.evaluate('x');
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
});

test('unwrap puts back an own property that was there before', () => {
  const b = bench();
  const engine = new PolicyEngine();
  const own = (): 'allow' => 'allow';
  engine.evaluate = own;
  const unwrap = b.governance.instrumentPolicyEngine(engine);
  expect(engine.evaluate('x')).toBe('allow');
  expect(Reflect.get(engine, 'evaluate')).not.toBe(own);
  unwrap();
  expect(Object.getOwnPropertyDescriptor(engine, 'evaluate')).toEqual({
    value: own,
    writable: true,
    enumerable: true,
    configurable: true,
  });
});

test('unwrap leaves somebody else’s wrapper over ours in place, and ours only passes calls on', async () => {
  const b = bench();
  const engine = new PolicyEngine(RULES);
  const unwrap = b.governance.instrumentPolicyEngine(engine);
  const ours = engine.evaluate.bind(engine);
  const theirs = jest.fn((action: string) => ours(action));
  engine.evaluate = theirs;
  unwrap();
  expect(Reflect.get(engine, 'evaluate')).toBe(theirs);
  expect(engine.evaluate('x')).toBe('allow');
  expect(await b.total('agent_os_policy_decisions_total')).toBe(0);
});

test('a frozen instance, or a value that is none, is left alone', async () => {
  const b = bench();
  const engine: PolicyEngine = new PolicyEngine(RULES);
  Object.freeze(engine);
  b.governance.instrumentPolicyEngine(engine)();
  expect(engine.evaluate('x')).toBe('allow');
  for (const nothing of [undefined, null, 7, {}]) {
    b.governance.instrumentPolicyEngine(nothing as never)();
    b.governance.instrumentClient(nothing as never)();
    b.governance.instrumentAdapter(nothing as never)();
    b.governance.instrumentKillSwitch(nothing as never)();
    b.governance.instrumentLifecycle(nothing as never)();
    b.governance.instrumentAuditLogger(nothing as never)();
  }
});

test('GovernanceInstrumentation without metrics throws a TypeError that says so', () => {
  expect(() => new GovernanceInstrumentation({} as never)).toThrow(TypeError);
  expect(() => new GovernanceInstrumentation(undefined as never)).toThrow('`kernel` is missing');
});
