import * as sdk from '@microsoft/agent-governance-sdk';
import { COVERAGE } from '../../src/governance/agt/coverage.js';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { EXAMPLES, SDK, thrown } from './component-examples.js';
import { warnings } from '../instruments/support.js';
import { bench, only, withContextManager, type Bench } from './support.js';

withContextManager();

const RULES = [
  { action: 'read', effect: 'allow' as const },
  { action: 'wipe', effect: 'deny' as const },
];
const methodOf = (type: { readonly prototype: object }, name: string) =>
  Object.getOwnPropertyDescriptor(type.prototype, name)?.value as (...args: unknown[]) => unknown;

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.governance.unwrap());

const requests = () => b.total('agent_os_requests_total');
const checks = () => b.total('agent_os_policy_check_duration_seconds');
const operations = async (component: string) =>
  (await b.series('agent_os_component_operations_total'))
    .filter(({ labels }) => labels.component === component)
    .reduce((sum, { value }) => sum + value, 0);

test('one line covers clients made before it and after it, once each', async () => {
  const before = sdk.AgentMeshClient.create('before', { policyRules: RULES });
  b.governance.instrumentSdk(SDK);
  const after = sdk.AgentMeshClient.create('after', { policyRules: RULES });
  for (const client of [before, after, after]) await client.executeWithGovernance('wipe');
  expect(await requests()).toBe(3);
  expect(await checks()).toBe(3);
  expect(await b.series('agent_os_violations_total')).toMatchObject([
    { labels: { agent_id: 'before' }, value: 1 },
    { labels: { agent_id: 'after' }, value: 2 },
  ]);
  expect(await b.total('agent_os_active_agents')).toBe(2);
  expect(await operations('ring_enforcer')).toBe(3);
  expect(await operations('audit_log')).toBe(3);
  expect(b.paths()).toContain('kernel.execute/kernel.policy_check');
});

test('an adapter, its client and its handler are one request', async () => {
  b.governance.instrumentSdk(SDK);
  const client = sdk.AgentMeshClient.create('a', { policyRules: RULES });
  const adapter = new sdk.GenericFrameworkAdapter(client);
  await adapter.run({ name: 'read', action: 'read' }, () => 1);
  expect(await requests()).toBe(1);
  expect(await b.total('agent_os_execution_duration_seconds')).toBe(1);
});

test('kills and bare engines are seen', async () => {
  b.governance.instrumentSdk(SDK);
  const killSwitch = new sdk.KillSwitch();
  killSwitch.registerHandler('a', () => undefined);
  await killSwitch.kill('a', { reason: 'test' });
  expect(await b.total('agent_os_sigkill_total')).toBe(1);
  new sdk.PolicyEngine(RULES).evaluate('read');
  expect(await checks()).toBe(1);
});

test('an instance that is instrumented as well, before or after, counts once', async () => {
  const first = sdk.AgentMeshClient.create('a', { policyRules: RULES });
  b.governance.instrumentClient(first, { policySet: 'mine' });
  b.governance.instrumentSdk(SDK);
  const second = sdk.AgentMeshClient.create('b', { policyRules: RULES });
  b.governance.instrumentClient(second, { policySet: 'mine' });
  const third = sdk.AgentMeshClient.create('c', { policyRules: RULES });
  await third.executeWithGovernance('read');
  b.governance.instrumentClient(third);
  for (const client of [first, second, third]) await client.executeWithGovernance('read');
  expect(await requests()).toBe(4);
  expect(await checks()).toBe(4);
  expect(
    (await b.series('agent_os_policy_check_duration_seconds')).map(({ labels, value }) => [
      labels.policy,
      value,
    ]),
  ).toEqual([
    ['flat_rules', 2],
    ['mine', 2],
  ]);
});

test('the same classes and metrics are instrumented once, whoever asks', async () => {
  warnings();
  const other = new GovernanceInstrumentation({ kernel: b.kernel, agent: b.agent });
  b.governance.instrumentSdk(SDK);
  b.governance.instrumentSdk(SDK);
  other.instrumentSdk(SDK);
  const client = sdk.AgentMeshClient.create('a', { policyRules: RULES });
  await client.executeWithGovernance('read');
  other.instrumentClient(client);
  await client.executeWithGovernance('read');
  expect(await requests()).toBe(2);
  expect(await operations('ring_enforcer')).toBe(2);
  other.unwrap();
});

test('unwrap gives every prototype its own methods back, and instances can be instrumented again', async () => {
  const prototypes = Object.keys(COVERAGE)
    .filter((name) => name in SDK)
    .map((name) => (SDK as unknown as Record<string, { prototype: object }>)[name]!.prototype);
  const before = prototypes.map((each) => Object.getOwnPropertyDescriptors(each));
  const unwrap = b.governance.instrumentSdk(SDK);
  expect(prototypes.map((each) => Object.getOwnPropertyDescriptors(each))).not.toEqual(before);
  const client = sdk.AgentMeshClient.create('a', { policyRules: RULES });
  await client.executeWithGovernance('read');
  unwrap();
  unwrap();
  expect(prototypes.map((each) => Object.getOwnPropertyDescriptors(each))).toEqual(before);
  await client.executeWithGovernance('read');
  expect(await requests()).toBe(1);
  b.governance.instrumentClient(client);
  await client.executeWithGovernance('read');
  expect(await requests()).toBe(2);
  expect(await b.total('agent_os_active_agents')).toBe(1);
});

test('an instance that was instrumented by itself stays so when its class no longer is', async () => {
  const engine = new sdk.PolicyEngine(RULES);
  b.governance.instrumentPolicyEngine(engine);
  b.governance.instrumentSdk(SDK)();
  engine.evaluate('read');
  expect(await checks()).toBe(1);
});

test('what somebody has laid over our wrapper since stays, and goes on working', async () => {
  const { prototype } = sdk.RingEnforcer;
  const original = Object.getOwnPropertyDescriptor(prototype, 'canExecute') as PropertyDescriptor;
  const unwrap = b.governance.instrumentSdk(SDK);
  const ours = methodOf(sdk.RingEnforcer, 'canExecute');
  const theirs = jest.fn(function (this: sdk.RingEnforcer, action: string) {
    return Reflect.apply(ours, this, [action]) as boolean;
  });
  prototype.canExecute = theirs;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'canExecute');
  expect(new sdk.RingEnforcer().canExecute('x')).toBe(true);
  unwrap();
  expect(Object.getOwnPropertyDescriptor(prototype, 'canExecute')).toEqual(descriptor);
  expect(new sdk.RingEnforcer().canExecute('x')).toBe(true);
  expect(theirs).toHaveBeenCalledTimes(2);
  expect(await operations('ring_enforcer')).toBe(1);
  Object.defineProperty(prototype, 'canExecute', original);
});

describe.each(Object.entries(EXAMPLES))('%s', (name, examples) => {
  const [example] = examples;
  const Class = (SDK as unknown as Record<string, { prototype: Record<string, unknown> }>)[name] as {
    prototype: Record<string, () => unknown>;
  };
  const row = COVERAGE[name as keyof typeof COVERAGE] as {
    spec: { methods: object };
    calls?: readonly string[];
  };
  const methods = [...new Set([...Object.keys(row.spec.methods), ...(row.calls ?? [])])].filter(
    (method) => method in Class.prototype,
  );

  test('its instances look as they did', async () => {
    const looks = (instance: object) => [
      Reflect.ownKeys(instance).map(String),
      Object.keys(instance),
      Object.getPrototypeOf(instance) === (Class.prototype as object),
      instance instanceof (Class as never),
    ];
    const instance = example?.make() as object;
    const before = looks(instance);
    b.governance.instrumentSdk(SDK);
    await example?.act(instance);
    expect(looks(instance)).toEqual(before);
  });

  test('its methods keep their names, lengths and attributes', () => {
    const shapes = () =>
      methods.map((method) => {
        const { value, ...attributes } = Object.getOwnPropertyDescriptor(
          Class.prototype,
          method,
        ) as PropertyDescriptor;
        const { name: called, length } = value as (...args: unknown[]) => unknown;
        return [called, length, attributes];
      });
    const before = shapes();
    b.governance.instrumentSdk(SDK);
    expect(shapes()).toEqual(before);
  });

  test.each(methods)(
    '%s is asked with its own this and arguments, and what it throws is thrown',
    async (method) => {
      const instance = example?.make() as Record<string, (...args: unknown[]) => unknown>;
      const failure = new RangeError('of the host');
      const calls: unknown[] = [];
      const spy = jest.spyOn(Class.prototype, method).mockImplementation(function (
        this: unknown,
        ...args: unknown[]
      ) {
        calls.push(this, ...args);
        throw failure;
      });
      b.governance.instrumentSdk(SDK);
      const given = [{}, {}, {}];
      expect(await thrown(() => instance[method]?.(...given))).toBe(failure);
      b.governance.unwrap();
      spy.mockRestore();
      expect(calls[0]).toBe(instance);
      given.forEach((argument, index) => expect(calls[index + 1]).toBe(argument));
    },
  );

  test.each(methods)(
    '%s can be replaced by a spy afterwards, and a subclass can override it',
    async (method) => {
      b.governance.instrumentSdk(SDK);
      const instance = example?.make() as Record<string, (...args: unknown[]) => unknown>;
      const answer = { of: 'the spy' };
      const spy = jest.spyOn(Class.prototype, method).mockReturnValue(answer);
      expect(instance[method]?.()).toBe(answer);
      expect(spy).toHaveBeenCalledTimes(1);
      spy.mockRestore();
      const mine = Object.setPrototypeOf(instance, {
        __proto__: Class.prototype,
        [method](): unknown {
          return answer;
        },
      }) as typeof instance;
      expect(mine[method]?.()).toBe(answer);
    },
  );
});

test('a frozen instance is seen', async () => {
  b.governance.instrumentSdk(SDK);
  const engine = Object.freeze(new sdk.PolicyEngine(RULES));
  engine.evaluate('read');
  expect(await checks()).toBe(1);
});

test('a subclass that calls its class runs once, and is counted once', async () => {
  const ran: string[] = [];
  class Mine extends sdk.PolicyEngine {
    override evaluate(action: string): 'allow' | 'deny' | 'review' {
      ran.push(action);
      return super.evaluate(action);
    }
  }
  b.governance.instrumentSdk(SDK);
  expect(new Mine(RULES).evaluate('read')).toBe('allow');
  expect(ran).toEqual(['read']);
  expect(await checks()).toBe(1);
});

test('a method that is called on nothing fails as it did', () => {
  const failureOf = (type: { readonly prototype: object }, name: string, self: unknown) => {
    try {
      Reflect.apply(methodOf(type, name), self, ['x']);
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const failures = () => [
    failureOf(sdk.PolicyEngine, 'evaluate', undefined),
    failureOf(sdk.RingEnforcer, 'canExecute', undefined),
    failureOf(sdk.RingEnforcer, 'canExecute', 7),
  ];
  const before = failures();
  b.governance.instrumentSdk(SDK);
  expect(failures()).toEqual(before);
  expect(before).not.toContain('none');
});

test('what is no SDK, or has classes that nobody knows, is said', async () => {
  const lines = warnings();
  class NewGuard {
    check(): boolean {
      return true;
    }
  }
  const hostile = Object.defineProperty({}, 'Broken', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  b.governance.instrumentSdk(hostile);
  b.governance.instrumentSdk({ ...sdk, NewGuard });
  const said = lines.join('\n');
  expect(said).toContain('no class of the governance SDK was given');
  expect(said).toContain('NewGuard are not known');
});

test('the trust in an agent is a gauge, and its moves between tiers are counted for each session', async () => {
  b.governance.instrumentSdk(SDK);
  const [one, two] = ['a', 'a'].map((id) => sdk.AgentMeshClient.create(id, { policyRules: RULES }));
  for (let i = 0; i < 4; i++) await one?.executeWithGovernance('read');
  for (let i = 0; i < 4; i++) await two?.executeWithGovernance('wipe');
  expect(await b.series('agent_os_trust_score')).toEqual([{ labels: { agent_id: 'a' }, value: 0.2 }]);
  expect(await b.series('agent_os_trust_tier_changes_total')).toEqual([
    { labels: { from: 'Provisional', to: 'Trusted' }, value: 1 },
    { labels: { from: 'Provisional', to: 'Untrusted' }, value: 1 },
  ]);
});

test('a client that is instrumented by itself tells its trust, and so does a sink', async () => {
  const client = sdk.AgentMeshClient.create('a', { policyRules: RULES });
  b.governance.instrumentClient(client);
  await client.executeWithGovernance('read');
  const metrics = new sdk.GovernanceMetrics({ enabled: true, sinks: [b.governance.metricSink()] });
  metrics.recordTrustScore('did:agentmesh:b:0123456789abcdef', 0.75);
  metrics.recordTrustScore('c', 'high' as never);
  expect(await b.series('agent_os_trust_score')).toEqual([
    { labels: { agent_id: 'a' }, value: 0.5 },
    { labels: { agent_id: 'b' }, value: 0.75 },
  ]);
});

test('the age of a credential is known from its making, and starts again when it is rotated', async () => {
  b.governance.instrumentSdk(SDK);
  const now = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
  const vault = new sdk.CredentialVault();
  await vault.put('db', 'x');
  const ages = async () =>
    (await b.series('agent_os_credential_age_seconds')).map(({ labels, value }) => [
      labels.credential,
      value,
    ]);
  b.clock.advance(60_000);
  expect(await ages()).toEqual([['db', 60]]);
  now.mockReturnValue(1_060_000);
  await vault.put('mail', 'x');
  b.clock.advance(5_000);
  expect(await ages()).toEqual([
    ['db', 65],
    ['mail', 5],
  ]);
  now.mockReturnValue(1_065_000);
  await vault.rotate('db', 'y');
  b.clock.advance(1_000);
  await vault.delete('mail');
  expect(await ages()).toContainEqual(['db', 1]);
  b.clock.advance(1_000);
  expect(await ages()).toContainEqual(['mail', 5]); // this reader keeps what it saw last: it ages no longer
  (vault as unknown as { records: unknown }).records = { get: () => undefined, set: () => undefined };
  await vault.put('other', 'x');
  expect((await ages()).map(([name]) => name)).toEqual(['db', 'mail']);
  now.mockRestore();
});

test('spans stay those of the kernel: parts are counted, and have none', async () => {
  b.governance.instrumentSdk(SDK);
  const client = sdk.AgentMeshClient.create('a', { policyRules: RULES });
  await client.executeWithGovernance('read');
  expect(only(b.spans(), 'kernel.execute').attributes).toMatchObject({ 'agent.id': 'a' });
  expect(b.spans()).toHaveLength(2);
});
