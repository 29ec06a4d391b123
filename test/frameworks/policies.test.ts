import { AgentMeshClient, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { ToolGovernor } from '../../src/frameworks/core/governed-tool.js';
import type { Policy, ToolCall } from '../../src/frameworks/core/policy.js';
import { frameworkBench, thrownBy, ToolDeniedError } from './support.js';

const bench = frameworkBench();
const ran = jest.fn(() => 'output');
beforeEach(() => ran.mockClear());

const run = (policy: Policy, action = 'read_file', input: unknown = { path: '/etc' }) => {
  const governor = new ToolGovernor(bench.current.obs, policy, {});
  return governor.run(governor.call({ name: action, input }), ran);
};
const asked = { agentId: 'unknown', action: 'read_file', input: { path: '/etc' } };

describe('whoever decides is asked about the agent, the action and the arguments', () => {
  const answer = jest.fn((call: ToolCall) => call.action === 'read_file');
  beforeEach(() => answer.mockClear());

  it.each<[string, Policy]>([
    ['a function', answer],
    ['an object with decide', { decide: answer }],
    ['an object with evaluate', { evaluate: answer }],
    ['an object with check', { check: answer }],
  ])('%s', async (_, policy) => {
    expect(run(policy)).toBe('output');
    expect(answer).toHaveBeenCalledWith(asked);
    await expect(thrownBy(() => run(policy, 'delete_file'))).resolves.toBeInstanceOf(ToolDeniedError);
    expect(ran).toHaveBeenCalledTimes(1);
  });
});

it('a method is called on its object', () => {
  class Rules {
    private readonly allowed = ['read_file'];
    decide({ action }: ToolCall) {
      return this.allowed.includes(action);
    }
  }
  expect(run(new Rules())).toBe('output');
});

it.each([undefined, null, {}, 'allow', { decide: 'allow' }])(
  '%p is no policy, which is said at once',
  (given) => {
    expect(() => run(given as never)).toThrow(/^the policy must be a function, an object with decide/);
  },
);

it('what is no handle is said at once', () => {
  expect(() => new ToolGovernor({} as never, () => true, {})).toThrow('must be the handle');
});

describe('the Agent Governance Toolkit', () => {
  const flat = () =>
    new PolicyEngine([
      { action: 'read_file', effect: 'allow' },
      { action: '*', effect: 'deny' },
    ]);
  const document = (effect: string) => `
apiVersion: governance.toolkit/v1
name: files
default_action: ${effect}
rules:
  - name: none-of-etc
    condition: "path == '/etc'"
    action: deny
`;

  it('a client decides, as the agent that it is', async () => {
    const client = AgentMeshClient.create('support-1', {
      policyRules: [{ action: 'read_file', effect: 'allow' }],
    });
    await expect(run(client)).resolves.toBe('output');
    await expect(thrownBy(() => run(client, 'delete_file'))).resolves.toMatchObject({
      denial: { agentId: 'support-1', action: 'delete_file', reason: 'denied' },
    });
  });

  it('an engine decides by flat rules', async () => {
    expect(run(flat())).toBe('output');
    await expect(thrownBy(() => run(flat(), 'delete_file'))).resolves.toBeInstanceOf(ToolDeniedError);
  });

  it('an engine decides by documents, which see the arguments', async () => {
    const engine = new PolicyEngine();
    engine.loadYaml(document('allow'));
    expect(run(engine, 'read_file', { path: '/home' })).toBe('output');
    await expect(thrownBy(() => run(engine))).resolves.toBeInstanceOf(ToolDeniedError);
  });

  it('with rules and documents both must allow', async () => {
    const engine = flat();
    engine.loadYaml(document('allow'));
    expect(run(engine, 'read_file', { path: '/home' })).toBe('output');
    await expect(thrownBy(() => run(engine))).resolves.toBeInstanceOf(ToolDeniedError);
    await expect(thrownBy(() => run(engine, 'delete_file', {}))).resolves.toBeInstanceOf(ToolDeniedError);
  });

  it('arguments that the model calls action or agentId do not pass for them', async () => {
    const evaluate = jest.fn(() => 'deny' as const);
    const engine = { evaluate, evaluatePolicy: jest.fn() };
    await thrownBy(() => run(engine, 'delete_file', { action: 'read_file', agentId: 'admin', path: '/' }));
    expect(evaluate).toHaveBeenCalledWith('delete_file', {
      action: 'delete_file',
      agentId: 'unknown',
      path: '/',
    });
  });

  it('backends are asked where there are any, and each must allow', async () => {
    const engine = flat();
    const backend = jest.fn((action: string) => (action === 'read_file' ? 'allow' : 'deny'));
    engine.registerBackend({ name: 'opa', evaluateAction: backend });
    engine.loadYaml(document('allow'));
    await expect(run(engine, 'read_file', { path: '/home' })).resolves.toBeDefined();
    expect(backend).toHaveBeenCalled();
  });
});
