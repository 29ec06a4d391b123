import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { seriesOf } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// An instance that would not give a wrapper up, as a proxy may, made unwrap() throw, and the others kept theirs.

const no = (): never => {
  throw new Error('no');
};
const engine = () => new PolicyEngine([{ action: '*', effect: 'allow' }]);
const TRAPS: ProxyHandler<PolicyEngine>[] = [
  { deleteProperty: no },
  { deleteProperty: () => false },
  { defineProperty: no },
  { getOwnPropertyDescriptor: no },
];

test.each(TRAPS)('unwrap() does not throw for a proxy with %p, and frees every instance', async (traps) => {
  const obs = observed();
  const governance = new GovernanceInstrumentation(obs);
  const refusing = new Proxy(engine(), traps);
  const plain = engine();
  expect(() => governance.instrumentPolicyEngine(refusing)).not.toThrow();
  governance.instrumentPolicyEngine(plain);
  expect(() => governance.unwrap()).not.toThrow();
  const counted = async () =>
    seriesOf(await exposed(obs), 'agent_os_policy_decisions_total').reduce(
      (sum, { value }) => sum + value,
      0,
    );
  const before = await counted();
  expect(refusing.evaluate('read')).toBe('allow');
  expect(plain.evaluate('read')).toBe('allow');
  expect(await counted()).toBe(before);
});

test('the unwrap of one instance does not throw either, and may be called again', () => {
  const unwrap = new GovernanceInstrumentation(observed()).instrumentPolicyEngine(
    new Proxy(engine(), { deleteProperty: no }),
  );
  expect(unwrap).not.toThrow();
  expect(unwrap).not.toThrow();
});
