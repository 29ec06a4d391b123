import { enforcementOf, KernelMetrics } from '../../src/instruments/index.js';
import { classified, shapeOf, verdictOf } from '../../src/instruments/verdict.js';

const ALLOWED: readonly unknown[] = [
  true,
  'allow',
  'ALLOW',
  'Permit',
  'pass',
  'approved',
  'warn',
  'log',
  { allowed: true },
  { allowed: true, action: 'warn', reason: 'a rule that warns' },
  { allowed: true, action: 'read_file' },
  { effectiveDecision: 'allow', decision: 'deny' },
  { decision: 'Allow', diagnostics: { reason: ['policy0'], errors: [] } },
  { type: 'success', response: { decision: 'allow', diagnostics: { reason: [], errors: [] } } },
  { result: true },
  { result: { allow: true }, decision_id: '1' },
  { result: { deny: [] } },
  [{ result: true }],
  { action: 'NONE', outputs: [] },
  { tripwireTriggered: false, outputInfo: {} },
  { guardrail: 'pii', passed: true },
  { validation_passed: true, validated_output: 'x' },
  { flagged: false, categories: {} },
  { results: [{ flagged: false }, { flagged: false }] },
  { effect: 'allow' },
  { decision: 'transform', transform: {} },
  { content: [], structuredContent: { allowed: true } },
  { allowed: true, error: null, errors: [] },
];

const DENIED: readonly unknown[] = [
  false,
  'deny',
  'DENIED',
  'Block',
  'blocked',
  'rejected',
  'review',
  'require_approval',
  'REQUIRES APPROVAL',
  'Forbidden',
  'not_allowed',
  'escalate',
  'ask',
  { allowed: false, decision: 'allow' },
  { allowed: false, action: 'warn' },
  { effectiveDecision: 'deny', decision: 'allow' },
  { decision: 'deny' },
  { allowed: null, effectiveDecision: 7, decision: 'review' },
  { effect: 'deny' },
  { verdict: 'deny' },
  { result: false },
  { result: { allow: false } },
  { result: { allow: true, deny: ['no shell'] } },
  { result: { deny: ['no shell'] } },
  [{ result: true }, { result: false }],
  { decision: 'Deny', diagnostics: { reason: [], errors: [] } },
  { type: 'success', response: { decision: 'deny' } },
  { action: 'GUARDRAIL_INTERVENED' },
  { tripwireTriggered: true },
  { results: [{ flagged: false }, { flagged: true }] },
  { decision: 'deny', approval: { required: true } },
  { allowed: false, error: 'backend timed out' },
];

const UNKNOWN: readonly unknown[] = [
  undefined,
  null,
  0,
  1,
  '',
  'maybe',
  'read_file',
  'x'.repeat(1000),
  'indeterminate',
  'not_applicable',
  [],
  {},
  () => true,
  Symbol('allow'),
  new Map([['allowed', true]]),
  { allowed: 'yes?' },
  { allowed: 1 },
  { allowed: undefined },
  { ok: { allowed: true } },
  { result: {} },
  { result: undefined },
  { decision: 'maybe', result: true },
  { action: 'read_file' },
  { allowed: true, decision: 'deny' },
  { allow: true, effect: 'deny' },
  { allowed: true, error: 'the backend is down' },
  { allowed: true, error: new Error('x') },
  { decision: 'allow', errors: ['x'] },
  { result: { allowed: true, error: 'x' } },
  { isError: true, content: [{ type: 'text', text: 'allowed' }] },
  { type: 'failure', errors: ['no schema'] },
  [{ result: true }, { result: 'maybe' }],
  { result: { result: { result: { result: { result: { result: true } } } } } },
  new Proxy({}, { get: () => true }),
  new Proxy({}, { get: () => 'allow' }),
  new Proxy(
    {},
    {
      get() {
        throw new Error('no');
      },
    },
  ),
  {
    get allowed(): boolean {
      throw new Error('no');
    },
  },
];

describe.each([
  ['allowed', ALLOWED],
  ['denied', DENIED],
  ['unknown', UNKNOWN],
])('the answer of an engine is %s', (enforced, answers) => {
  test.each(answers.map((answer) => [shapeOf(answer), answer] as const))('%s', (_, answer) => {
    expect(enforcementOf(answer)).toBe(enforced);
    expect(classified(answer, undefined)).toBe(enforced);
  });
});

test.each([
  [{ allowed: true, action: 'warn' }, 'warn'],
  [{ allowed: false, action: 'warn' }, 'warn'],
  [{ allowed: false }, 'deny'],
  ['require_approval', 'require_approval'],
  [{ decision: 'escalate' }, 'review'],
  [{}, 'unknown'],
])('the decision of %j is %s', (answer, decision) => {
  expect(verdictOf(answer).decision).toBe(decision);
});

test('no word with a denying beginning is allowed, in any case and with any separator', () => {
  const words = [
    'deny',
    'DENY_ACCESS',
    'denied-by-policy',
    'Blocked by rule',
    'reject it',
    'unsafe',
    'not allowed',
  ];
  for (const word of words) {
    expect(enforcementOf(word)).not.toBe('allowed');
    expect(enforcementOf({ decision: word })).not.toBe('allowed');
  }
});

test.each<[answer: unknown, shape: string]>([
  [{ effect2: 'secret', 'a b': 1, c: null }, '{ effect2: string, …: number, c: null }'],
  [
    Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, i])),
    '{ k0: number, k1: number, k2: number, k3: number, k4: number, k5: number, … }',
  ],
  [[1, 2], 'a list of 2'],
  ['secret', 'string'],
  [null, 'null'],
  [
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    ),
    'an object that cannot be read',
  ],
])('the shape of an answer says nothing of what is in it: %#', (answer, shape) => {
  expect(shapeOf(answer)).toBe(shape);
});

test('types take what is understood, and ask for classify where it is not', () => {
  const kernel = new KernelMetrics();
  const check = (answer: unknown) => () => answer;
  kernel.policyCheck('p', () => ({ allowed: true, evaluatedAt: new Date() }));
  void kernel.policyCheck('p', async () => ({ decision: 'Allow' }));
  kernel.policyCheck('p', check({}), { classify: () => 'denied' });
  // @ts-expect-error -- a number says nothing
  kernel.policyCheck('p', () => 1);
  // @ts-expect-error -- neither does whatever it is
  kernel.policyCheck('p', check({}));
  // @ts-expect-error -- nor an object without any member that is read
  kernel.policyCheck('p', () => ({ score: 1 }));
});
