import { enforcementOf } from '../../src/instruments/verdict.js';

// What engines, guardrails, moderation and languages answer, as their documentation has it. What denies is denied, whatever
// else it says; what is not understood is unknown, and never allowed.

class Ok {
  constructor(readonly value: unknown) {}
}
class Decision {
  constructor(private readonly yes: boolean) {}
  get isAllowed(): boolean {
    return this.yes;
  }
}
class ForbiddenError extends Error {
  readonly status = 403;
}
const frozen = Object.freeze(Object.assign(Object.create(null) as object, { allowed: false }));
const items = (count: number, last: unknown) => [...Array.from({ length: count }, () => true), last];

const DENIED: Record<string, unknown> = {
  'Verified Permissions, several at once': {
    principal: { entityType: 'Agent', entityId: '1' },
    results: [
      { request: { action: { actionType: 'Action', actionId: 'read' } }, decision: 'ALLOW', errors: [] },
      { request: { action: { actionType: 'Action', actionId: 'wipe' } }, decision: 'DENY', errors: [] },
    ],
  },
  'Bedrock, a guardrail': {
    usage: {},
    action: 'GUARDRAIL_INTERVENED',
    outputs: [{ text: 'no' }],
    assessments: [],
  },
  'Bedrock, a conversation': { stopReason: 'guardrail_intervened', output: { message: { content: [] } } },
  'Azure, a prompt shield': { userPromptAnalysis: { attackDetected: true }, documentsAnalysis: [] },
  'Azure, a shield of documents': {
    userPromptAnalysis: { attackDetected: false },
    documentsAnalysis: [{ attackDetected: false }, { attackDetected: true }],
  },
  'Azure, groundedness': { ungroundedDetected: true, ungroundedPercentage: 1 },
  'Azure, access': [{ actionId: 'x/read', accessDecision: 'NotAllowed' }],
  Purview: { policyActions: [{ action: 'restrictAccess', restrictionAction: 'block' }] },
  'OpenAI, moderation': { id: 'm', results: [{ flagged: true, categories: { violence: true } }] },
  'OpenAI, a refusal': { role: 'assistant', content: null, refusal: 'I cannot help with that.' },
  'OpenAI, a filter': { index: 0, finish_reason: 'content_filter' },
  'Anthropic, a refusal': { type: 'message', role: 'assistant', stop_reason: 'refusal', content: [] },
  'NeMo Guardrails': { status: 'blocked', content: '', rail: 'self check input' },
  'NeMo, a jailbreak': { jailbreak: true, score: 0.98 },
  'Guardrails AI': { call_id: '1', raw_llm_output: 'x', validated_output: null, validation_passed: false },
  'Guardrails AI, a validator': { outcome: 'fail', error_message: 'PII was found' },
  'Llama Guard': 'unsafe\nS1',
  'Llama Guard 3': '\n\nunsafe\nS1,S10',
  Lakera: { flagged: true, metadata: { request_uuid: '1' } },
  'Model Armor': { sanitizationResult: { filterMatchState: 'MATCH_FOUND', invocationResult: 'SUCCESS' } },
  'Prisma AIRS': { action: 'block', category: 'malicious', profile_name: 'p' },
  Lasso: { violations_detected: true, deputies: { jailbreak: true } },
  HiddenLayer: { evaluation: { action: 'Block', has_detections: true } },
  Pangea: { status: 'Success', result: { blocked: true, transformed: false } },
  CalypsoAI: { result: { outcome: 'blocked', scannerResults: [] } },
  Rebuff: { injectionDetected: true, heuristicScore: 0.9 },
  Patronus: { evaluator_id: 'x', pass: false, score: 0.1 },
  'Permit.io': { allow: false, query: { action: 'read' }, result: false, debug: {} },
  'Permit.io, in bulk': [true, false],
  Permify: { can: 'CHECK_RESULT_DENIED', metadata: { check_count: 3 } },
  'Oso Cloud': { allowed: false },
  'Casbin, in a batch': [true, true, false],
  Casdoor: { status: 'ok', msg: '', data: [true, false] },
  WorkOS: { result: 'not_authorized', is_implicit: false },
  Topaz: { decisions: [{ decision: 'allowed', is: false }] },
  'Kubernetes, a review of access': { kind: 'SubjectAccessReview', status: { allowed: false, denied: true } },
  'Kubernetes, admission': {
    kind: 'AdmissionReview',
    response: { uid: '1', allowed: false, status: { code: 403 } },
  },
  Kyverno: {
    results: [
      { policy: 'p', result: 'pass' },
      { policy: 'q', result: 'fail' },
    ],
  },
  Envoy: { status: { code: 7 }, deniedResponse: { status: { code: 'Forbidden' } } },
  XACML: { Response: [{ Decision: 'Deny', Status: {} }] },
  'Google, an access check': { access: 'NOT_GRANTED' },
  'MCP, a failure beside a denial': { isError: true, structuredContent: { allowed: false } },
  'MCP, an elicitation': { action: 'decline' },
  gRPC: { code: 'PERMISSION_DENIED', details: 'x' },
  OAuth: { error: 'access_denied', error_description: 'x' },
  'an answer of HTTP': new Response('no', { status: 403 }),
  'an answer of HTTP, unauthorized': new Response(null, { status: 401 }),
  'an answer of HTTP, too many': { status: 429 },
  'an error of HTTP': { statusCode: 403, error: 'Forbidden', message: 'x' },
  'an error of HTTP in an error': { error: { code: 403, message: 'x' } },
  'an answer of axios': { status: 200, statusText: 'OK', data: { result: false }, headers: {} },
  'an error that is given back': new ForbiddenError('no'),
  'an error in a result': { ok: false, error: new ForbiddenError('no') },
  'a result of a denial': { ok: true, value: { allowed: false } },
  'a result as an instance': new Ok({ decision: 'deny' }),
  'an either': { _tag: 'Right', right: { allowed: false } },
  'a tagged union': { kind: 'denied', reason: 'x' },
  'another tagged union': { _tag: 'Forbidden' },
  'a getter of a class': new Decision(false),
  'an object without a prototype': frozen,
  'a Map': new Map<string, unknown>([['allowed', false]]),
  'another spelling': { Allowed: false },
  'one more spelling': { 'is-allowed': false, reason: 'x' },
  'a denial in another spelling': { DENIED: true },
  'an effect in another spelling': { Effect: 'Deny' },
  'a condition that does not hold': { allowed: true, hasAccess: false },
  'words for flags': { allowed: 'false' },
  'a word for a flag': 'false',
  'lists in lists': [[true], [[true, false]]],
  'a long list, denied within what is read': [false, ...items(200, true)],
  'answers by name': { result: { mail: { allowed: true }, files: { allowed: false } } },
};

const ALLOWED: Record<string, unknown> = {
  Permify: { can: 'CHECK_RESULT_ALLOWED', metadata: {} },
  WorkOS: { result: 'authorized', is_implicit: false },
  Topaz: { decisions: [{ decision: 'allowed', is: true }] },
  'Llama Guard 3': '\n\nsafe',
  'a getter of a class': new Decision(true),
  'answers by name': { result: { mail: { allowed: true }, files: { allowed: true } } },
  'several clients of SpiceDB': { pairs: [{ response: { oneofKind: 'item', item: { permissionship: 2 } } }] },
};

const UNKNOWN: Record<string, unknown> = {
  'Azure, scores': { blocklistsMatch: [], categoriesAnalysis: [{ category: 'Hate', severity: 6 }] },
  'Azure, nothing is detected': { userPromptAnalysis: { attackDetected: false }, documentsAnalysis: [] },
  'Model Armor, nothing is found': {
    sanitizationResult: { filterMatchState: 'NO_MATCH_FOUND', invocationResult: 'PARTIAL' },
  },
  'Purview, nothing is to be done': { policyActions: [] },
  ShieldGemma: 'Yes',
  'a jailbreak that is none': { jailbreak: false, score: 0.01 },
  'a test that passes': { pass: true, score: 1 },
  'a text of a model': { role: 'assistant', content: 'allowed', refusal: null },
  'MCP, a failure': { isError: true, content: [{ type: 'text', text: 'allow' }] },
  'MCP, an elicitation that is left': { action: 'cancel' },
  'an answer of HTTP': new Response('{"allowed":true}', { status: 200 }),
  'an answer of HTTP that failed': { allowed: true, status: 503 },
  'an answer of axios': { status: 200, data: { allowed: true } },
  headers: new Headers({ 'x-allowed': 'true' }),
  'a request that nobody has answered': Promise.resolve(true),
  'a result': { ok: true, value: { allowed: true } },
  'a failed result': { ok: false },
  'an either': { _tag: 'Left', left: 'allow' },
  'a tagged union': { kind: 'allowed' },
  'a method of a class': new (class {
    isAllowed(): boolean {
      return true;
    }
  })(),
  'a promise in an answer': { allowed: Promise.resolve(true) },
  'a Map': new Map([['allowed', true]]),
  'a Set': new Set(['allow']),
  'a symbol': { [Symbol('allowed')]: true },
  'a number for a flag': { allowed: 1 },
  'a status': 403,
  'another status': 200,
  'a big number': 1n,
  'a boxed boolean': Object(true),
  'another spelling': { Allowed: true },
  'one more spelling': { IS_ALLOWED: 'true' },
  'lists in lists': [[true], [[]]],
  'a long list': items(200, true),
  'a list of permissions': ['read', 'write'],
  'answers by name': { result: { mail: { safe: true }, files: { passed: true } } },
  'SpiceDB, a condition': { permissionship: 3 },
  'SpiceDB, nothing': { permissionship: 0 },
  'SpiceDB, one is a condition': {
    pairs: [{ item: { permissionship: 2 } }, { item: { permissionship: 3 } }],
  },
  'Google, nobody knows': { access: 'UNKNOWN_INFO' },
  Keycloak: { error: 'server_error' },
  'an error that is given back': new Error('denied'),
  'a failure by its word': { allowed: true, error: 'failed' },
};

test.each(Object.entries(DENIED))('%s is denied', (_, answer) => {
  expect(enforcementOf(answer)).toBe('denied');
});
test.each(Object.entries(ALLOWED))('%s is allowed', (_, answer) => {
  expect(enforcementOf(answer)).toBe('allowed');
});
test.each(Object.entries(UNKNOWN))('%s is unknown', (_, answer) => {
  expect(enforcementOf(answer)).toBe('unknown');
});

test('an answer of HTTP can be read afterwards', async () => {
  const answer = new Response('{"allowed":true}');
  enforcementOf(answer);
  expect(answer.bodyUsed).toBe(false);
  expect(await answer.json()).toEqual({ allowed: true });
});
