import { enforcementOf, KernelMetrics, type Enforcement } from '../../src/instruments/index.js';
import { classified, classifiedVerdict, shapeOf } from '../../src/instruments/classified.js';
import { verdictOf } from '../../src/instruments/verdict.js';

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
  { granted: true },
  { permissionship: 'PERMISSIONSHIP_HAS_PERMISSION' },
  { permissionship: 2 },
  { effect: 'EFFECT_ALLOW' },
  { resource: { id: '1' }, actions: { view: 'EFFECT_ALLOW', edit: 'EFFECT_ALLOW' } },
  { decision: true, context: { reason: 'x' } },
  { evaluations: [{ decision: true }] },
  { decision: { allowed: true } },
  { hookSpecificOutput: { permissionDecision: 'allow' } },
  { behavior: 'allow', updatedInput: {} },
  { decision: 'ALLOW', determiningPolicies: [{ policyId: '1' }], errors: [] },
  { allowed: true, result: 'some text', response: { id: 7 } },
  { allowed: true, violations: 0 },
  { allowed: true, output: { error: 'of a tool' }, actions: ['redact'] },
  { status: 'approved' },
  { allowed: true, action: 7, type: 7, provenance: {} },
  new (class {
    get granted(): boolean {
      return true;
    }
  })(),
  Object.create(null, { allowed: { value: true, enumerable: true } }),
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
  { granted: false },
  { permissionship: 'PERMISSIONSHIP_NO_PERMISSION' },
  { permissionship: 1 },
  { decision: 'allow', allowed: 'no' },
  { effect: 'EFFECT_DENY' },
  { results: [{ resource: { id: '1' }, actions: { view: 'EFFECT_ALLOW', edit: 'EFFECT_DENY' } }] },
  { evaluations: [{ decision: true }, { decision: false }] },
  { behavior: 'deny', message: 'x' },
  { decision: 'allow', effect: 'deny' },
  { status: 'ok', result: { allow: false } },
  { type: 'block' },
  new (class {
    get granted(): boolean {
      return false;
    }
  })(),
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
  'none',
  'error',
  'timeout',
  { status: 'ok' },
  { status: 'success', data: { allowed: true } },
  { result: 'ok', data: { allowed: false } },
  { type: 'log', message: 'x' },
  { permissionship: 3 },
  { permissionship: 'PERMISSIONSHIP_CONDITIONAL_PERMISSION' },
  { allowed: true, result: { allowed: false } },
  { allowed: true, result: { errors: ['x'] } },
  { allowed: true, response: { status: 'timeout' } },
  { allowed: true, status: 'error' },
  { allowed: true, verdict: 'error' },
  { allowed: true, outcome: 'timed_out' },
  { allowed: true, timedOut: true },
  { allowed: true, violations: 3 },
  { allowed: true, deny: { rule: 'x' } },
  { decision: 'allow', allowed: 'perhaps' },
  { decision: 'allow', status: 'blocked' },
  { decision: 'allow', verdict: 'perhaps' },
  { decision: 'allow', diagnostics: { reason: ['a'], errors: ['x'] } },
  { effectiveDecision: 'allow', backendResults: [{ decision: 'allow', error: 'x' }, null] },
  { actions: {} },
  { actions: { view: 'EFFECT_ALLOW', edit: 3 } },
  { results: Array.from({ length: 101 }, () => true) },
  { results: Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => ({ allowed: true }))) },
  { failOpen: true },
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

test.each<[answer: unknown, provenance: string]>([
  [true, 'evaluated'],
  ['deny', 'evaluated'],
  ['rate_limited', 'rate_limited'],
  [{}, 'unknown'],
  [{ decision: 'maybe' }, 'unknown'],
  [{ errors: ['x'] }, 'unknown'], // no verdict at all
  [{ status: 'timeout' }, 'unknown'],
  [{ allowed: true }, 'evaluated'],
  [{ allowed: true, cached: true }, 'cached'],
  [{ allowed: true, fromCache: false }, 'evaluated'],
  [{ allowed: true, from_cache: true, rateLimited: false }, 'cached'],
  [{ allowed: true, fallback: true }, 'backend_error'],
  [{ allowed: true, cached: true, failOpen: true }, 'backend_error'],
  [{ allowed: true, fail_open: 'if the backend is down' }, 'evaluated'],
  [{ allowed: true, provenance: 'rate-limited' }, 'rate_limited'],
  [{ allowed: true, provenance: 'of our own' }, 'evaluated'],
  [{ allowed: true, source: 'cache' }, 'cached'],
  [{ allowed: true, source: 'fallback' }, 'backend_error'],
  [{ allowed: false, rate_limited: true }, 'rate_limited'],
  [{ allowed: true, rateLimited: false }, 'default'],
  [{ allowed: true, rateLimited: false, matchedRule: 'r' }, 'evaluated'],
  [{ decision: 'DENY', determiningPolicies: [], errors: [] }, 'default'],
  [{ decision: 'deny', diagnostics: { reason: [], errors: [] } }, 'default'],
  [{ decision: 'deny', diagnostics: { reason: ['a'], errors: ['x'] } }, 'evaluated'],
  [{ decision: 'deny', diagnostics: 'none' }, 'evaluated'],
  [{ allowed: false, error: { code: 'ETIMEDOUT' } }, 'timeout'],
  [{ allowed: false, error: { name: 'TimeoutError' } }, 'timeout'],
  [{ allowed: false, errors: ['deadline exceeded'] }, 'timeout'],
  [{ allowed: false, error: true }, 'backend_error'],
  [{ allowed: false, error: 'down', timed_out: true }, 'timeout'],
  [{ allowed: true, error: 'down' }, 'backend_error'],
  [{ allowed: true, result: { error: 'down' } }, 'backend_error'],
  [{ allowed: true, result: { error: 'timeout' } }, 'timeout'],
  [{ result: { allowed: true, failOpen: true } }, 'backend_error'],
  [{ decision: 'allow', result: { allowed: true, cached: true } }, 'cached'],
  [[{ allowed: true }, { allowed: true, failOpen: true }], 'backend_error'],
  [[{ allowed: true, failOpen: true }, { allowed: false }], 'evaluated'],
])('%j came about as %s', (answer, provenance) => {
  expect(verdictOf(answer).provenance).toBe(provenance);
});

test('the same verdict is the same object, which nobody can change', () => {
  const one = verdictOf({ allowed: true, cached: true });
  expect(verdictOf({ decision: 'permit', from_cache: true })).toBe(one);
  expect(Object.isFrozen(one)).toBe(true);
});

test('a host may read the answer itself: what it answers is asked no further', () => {
  const own = (answer: unknown) => classifiedVerdict({ score: 1 }, { classify: () => answer as Enforcement });
  expect(own('denied')).toEqual({ decision: 'deny', enforced: 'denied', provenance: 'evaluated' });
  expect(own('yes')).toBeUndefined();
  const failing = () => {
    throw new Error('no');
  };
  expect(classifiedVerdict({ score: 1 }, { classify: failing })).toBeUndefined();
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
  [new Map([['secret', 1]]), 'a Map of 1'],
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
