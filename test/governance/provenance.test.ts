import {
  OPABackend,
  PolicyEngine,
  type ExternalPolicyBackend,
  type Policy,
} from '@microsoft/agent-governance-sdk';
import type { LogRecord } from '../../src/common/host-types.js';
import { GovernanceEvents } from '../../src/events/governance-events.js';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { bench, only, withContextManager, type Bench } from './support.js';

withContextManager();

// How a verdict came about is on its span, counted where no evaluation gave it, and told where it denies or was made up.

const DID = 'did:agentmesh:support-1:0123456789abcdef';
const FILES: Policy = {
  name: 'files',
  rules: [
    { name: 'read', condition: "action == 'read'", ruleAction: 'allow' },
    { name: 'wipe', condition: "action == 'wipe'", ruleAction: 'deny' },
    { name: 'few', condition: "action == 'mail'", ruleAction: 'allow', limit: '1/hour' },
  ],
};
const UNEVALUATED = 'agent_os_policy_unevaluated_total';

/** An engine under instrumentation, with what its events tell. */
function watched(engine: PolicyEngine, b: Bench = bench()) {
  const records: LogRecord[] = [];
  const events = new GovernanceEvents({ getLogger: () => ({ emit: (record) => void records.push(record) }) });
  const { kernel, agent, tracer, clock } = b;
  const governance = new GovernanceInstrumentation({ kernel, agent, tracer, events }, { clock: clock.now });
  governance.instrumentPolicyEngine(engine);
  return { b, records };
}
function documents(policy: Policy, ...backends: ExternalPolicyBackend[]): PolicyEngine {
  const engine = new PolicyEngine([{ action: '*', effect: 'allow' }]);
  engine.loadPolicy(policy);
  for (const backend of backends) engine.registerBackend(backend);
  return engine;
}
const provenanceOf = (b: Bench) =>
  only(b.spans(), 'kernel.policy_check').attributes?.['agent_os.provenance'] as string;
const opa = (fetchImpl: () => Promise<unknown>) =>
  new OPABackend({ endpoint: 'http://127.0.0.1:1', fetchImpl: fetchImpl as unknown as typeof fetch });
const failing = (error: Error) => opa(() => Promise.reject(error));

describe('a check of documents', () => {
  test.each([
    ['read', 'evaluated', []],
    ['wipe', 'evaluated', []],
    [
      'other',
      'default',
      [{ labels: { provenance: 'default', enforced: 'denied', policy: 'policy_documents' }, value: 1 }],
    ],
  ])('%s is %s', async (action, provenance, counted) => {
    const engine = documents(FILES);
    const { b } = watched(engine);
    engine.evaluatePolicy(DID, { action });
    expect(provenanceOf(b)).toBe(provenance);
    expect(await b.series(UNEVALUATED)).toEqual(counted);
  });

  test('past a limit is rate_limited, of the policy that has it', async () => {
    const engine = documents(FILES);
    const { b, records } = watched(engine);
    engine.evaluatePolicy(DID, { action: 'mail' });
    expect(records).toEqual([]);
    engine.evaluatePolicy(DID, { action: 'mail' });
    expect(await b.series(UNEVALUATED)).toEqual([
      { labels: { provenance: 'rate_limited', enforced: 'denied', policy: 'files' }, value: 1 },
    ]);
    expect(records.map(({ attributes }) => attributes)).toEqual([
      {
        'agent.id': 'support-1',
        'agent_os.action': 'mail',
        'agent_os.policy': 'files',
        'agent_os.rule': 'few',
        'agent_os.decision': 'deny',
        'agent_os.enforced': 'denied',
        'agent_os.provenance': 'rate_limited',
      },
    ]);
  });

  test('a default that allows is counted, and no event: it is a policy like any other', async () => {
    const engine = documents({ ...FILES, default_action: 'allow' });
    const { b, records } = watched(engine);
    engine.evaluatePolicy(DID, { action: 'other' });
    expect(await b.series(UNEVALUATED)).toEqual([
      { labels: { provenance: 'default', enforced: 'allowed', policy: 'policy_documents' }, value: 1 },
    ]);
    expect(records).toEqual([]);
  });
});

describe('a check of flat rules', () => {
  test('is evaluated: the engine does not say whether a rule matched', async () => {
    const engine = new PolicyEngine([{ action: 'read', effect: 'allow' }]);
    const { b, records } = watched(engine);
    engine.evaluate('read');
    expect(provenanceOf(b)).toBe('evaluated');
    expect(records).toEqual([]);
    engine.evaluate('wipe');
    expect(await b.series(UNEVALUATED)).toEqual([]);
    expect(records).toMatchObject([
      {
        eventName: 'agent_os.decision',
        severityText: 'WARN',
        attributes: { 'agent_os.decision': 'deny', 'agent_os.policy': 'flat_rules' },
      },
    ]);
    expect(records[0]!.attributes).not.toHaveProperty('agent_os.rule');
  });
});

describe('a check with backends', () => {
  test.each([
    [
      'answers',
      opa(async () => ({ ok: true, json: async () => ({ result: true }) })),
      'evaluated',
      'allowed',
    ],
    ['denies', opa(async () => ({ ok: true, json: async () => ({ result: false }) })), 'evaluated', 'denied'],
    ['is undefined', opa(async () => ({ ok: true, json: async () => ({}) })), 'backend_error', 'denied'],
    ['cannot be reached', failing(new TypeError('fetch failed')), 'backend_error', 'denied'],
    ['times out', failing(new Error('aborted due to timeout')), 'timeout', 'denied'],
  ])('that %s', async (_, backend, provenance, enforced) => {
    const engine = documents(FILES, backend);
    const { b, records } = watched(engine);
    await engine.evaluatePolicyWithBackends(DID, { action: 'read' });
    expect(provenanceOf(b)).toBe(provenance);
    const counted = { labels: { provenance, enforced, policy: 'opa' }, value: 1 };
    expect(await b.series(UNEVALUATED)).toEqual(provenance === 'evaluated' ? [] : [counted]);
    const told = records.map(({ attributes, severityText }) => [
      severityText,
      attributes?.['agent_os.provenance'],
      attributes?.['error.type'],
    ]);
    const error = provenance === 'evaluated' ? undefined : 'BackendError';
    expect(told).toEqual(enforced === 'denied' ? [['WARN', provenance, error]] : []);
  });

  test('one that denies outweighs another that fails: somebody has looked', async () => {
    const denying: ExternalPolicyBackend = { name: 'people', evaluatePolicy: () => 'deny' };
    const engine = documents(FILES, failing(new Error('down')), denying);
    const { b } = watched(engine);
    await engine.evaluatePolicyWithBackends(DID, { action: 'read' });
    expect(provenanceOf(b)).toBe('evaluated');
  });

  test('a default that the local policy gave stays one, since nobody was asked', async () => {
    const engine = documents(FILES, failing(new Error('down')));
    const { b } = watched(engine);
    await engine.evaluatePolicyWithBackends(DID, { action: 'other' });
    expect(provenanceOf(b)).toBe('default');
  });

  test('an allow in spite of a failed backend is an error among events, and counted as made up', async () => {
    const engine = documents(FILES);
    engine.evaluateWithBackends = async () => ({
      localDecision: 'allow',
      backendResults: [{ backend: 'opa', decision: 'allow', error: 'request timed out' }],
      effectiveDecision: 'allow',
      deniedBy: [],
    });
    const { b, records } = watched(engine);
    await engine.evaluateWithBackends('read');
    expect(await b.series(UNEVALUATED)).toEqual([
      { labels: { provenance: 'timeout', enforced: 'allowed', policy: 'flat_rules' }, value: 1 },
    ]);
    expect(records).toMatchObject([{ severityText: 'ERROR', attributes: { 'error.type': 'BackendError' } }]);
  });
});

// What warn and log rules do differs from release to release: 4 denies, 5 allows. The result says it.
test.each([
  ['warn', false, 'denied'],
  ['log', false, 'denied'],
  ['warn', true, 'allowed'],
  ['log', true, 'allowed'],
] as const)('a rule to %s whose result says allowed: %s is %s', async (action, allowed, enforced) => {
  const engine = documents(FILES);
  const result = { allowed, action, matchedRule: 'r', policyName: 'files', rateLimited: false };
  engine.evaluatePolicy = () => ({ ...result, approvers: [], evaluatedAt: new Date(0) });
  const { b } = watched(engine);
  engine.evaluatePolicy(DID, { action: 'x' });
  expect(await b.series('agent_os_policy_decisions_total')).toEqual([
    { labels: { decision: action, enforced, policy: 'files' }, value: 1 },
  ]);
  expect(provenanceOf(b)).toBe('evaluated');
});

describe('an answer that is none of the engine', () => {
  const answering = (answer: unknown) => {
    const engine = documents(FILES);
    engine.evaluatePolicy = () => answer as never;
    return engine;
  };

  test.each<[what: string, answer: unknown, provenance: string]>([
    ['nothing', undefined, 'unknown'],
    ['a number for allowed', { allowed: 1 }, 'unknown'],
    ['an allow with an error', { allowed: true, action: 'allow', error: 'down' }, 'backend_error'],
    ['an allow with a timeout', { allowed: true, action: 'allow', error: new Error('timed out') }, 'timeout'],
    [
      'a getter that throws',
      {
        get allowed(): boolean {
          throw new Error('no');
        },
      },
      'unknown',
    ],
  ])('%s is unknown, and told', async (_, answer, provenance) => {
    const engine = answering(answer);
    const { b, records } = watched(engine);
    engine.evaluatePolicy(DID, { action: 'read' });
    expect((await b.series('agent_os_policy_decisions_total')).map(({ labels }) => labels)).toEqual([
      { decision: 'unknown', enforced: 'unknown', policy: 'policy_documents' },
    ]);
    expect(records.map(({ attributes }) => attributes?.['agent_os.provenance'])).toEqual([provenance]);
    expect(provenanceOf(b)).toBe(provenance);
  });

  test('a denial with an error stays one', async () => {
    const engine = answering({ allowed: false, action: 'deny', policyName: 'files', error: 'down' });
    const { b } = watched(engine);
    engine.evaluatePolicy(DID, { action: 'read' });
    expect(await b.series(UNEVALUATED)).toEqual([
      { labels: { provenance: 'backend_error', enforced: 'denied', policy: 'files' }, value: 1 },
    ]);
  });

  test('a check that throws is told with the type of its error, and nothing of its text', () => {
    const engine = documents(FILES);
    engine.evaluatePolicy = () => {
      throw new RangeError('secret');
    };
    const { records } = watched(engine);
    expect(() => engine.evaluatePolicy(DID, { action: 'read' })).toThrow('secret');
    expect(records.map(({ attributes }) => attributes)).toEqual([
      {
        'agent.id': 'support-1',
        'agent_os.action': 'read',
        'agent_os.policy': 'policy_documents',
        'agent_os.decision': 'unknown',
        'agent_os.enforced': 'unknown',
        'agent_os.provenance': 'unknown',
        'error.type': 'RangeError',
      },
    ]);
  });
});

test('without events, nothing is told and nothing fails', async () => {
  const b = bench();
  const engine = documents(FILES);
  b.governance.instrumentPolicyEngine(engine);
  engine.evaluatePolicy(DID, { action: 'wipe' });
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
});
