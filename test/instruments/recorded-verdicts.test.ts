import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { verdictOf } from '../../src/instruments/verdict.js';

// What real engines answered (CONTRIBUTING says how it is recorded), and what each answer means: decision, enforcement and
// provenance, written by hand.

interface Recording {
  readonly engine: string;
  readonly version: string;
  readonly answers: readonly { readonly of: string; readonly answer: unknown }[];
}

const ALLOW = 'allow allowed evaluated';
const DENY = 'deny denied evaluated';
const BY_DEFAULT = 'deny denied default';
const FAILED_CLOSED = 'deny denied backend_error';
const TIMED_OUT_CLOSED = 'deny denied timeout';
/** It would be allowed, and was made up. */
const MADE_UP = 'unknown unknown backend_error';
const UNKNOWN = 'unknown unknown unknown';

const MEANINGS: Record<string, Record<string, string>> = {
  accesscontrol: {
    'a permission that is granted': ALLOW,
    'a permission that is not': DENY,
  },
  agents: {
    'an output guardrail lets pass': ALLOW,
    'an output guardrail trips': DENY,
    'a tool guardrail allows': ALLOW,
    'a tool guardrail rejects': DENY,
    'a tool guardrail throws': DENY,
  },
  agt: {
    'evaluate: allow': ALLOW,
    'evaluate: deny': DENY,
    'evaluate: review': 'review denied evaluated',
    'evaluate: no rule': DENY, // a word alone: the engine does not say that it is the default
    'evaluatePolicy: allow': ALLOW,
    'evaluatePolicy: deny': DENY,
    'evaluatePolicy: warn': 'warn denied evaluated', // 5 allows
    'evaluatePolicy: require_approval': 'require_approval denied evaluated',
    'evaluatePolicy: log': 'log denied evaluated', // 5 allows
    'evaluatePolicy: no rule matches, default deny': BY_DEFAULT,
    'evaluatePolicy: no rule matches, default allow': 'allow allowed default',
    'evaluatePolicy: within the limit': ALLOW,
    'evaluatePolicy: past the limit': 'deny denied rate_limited',
    'evaluateWithBackends: OPA allows': ALLOW,
    'evaluatePolicyWithBackends: OPA allows': ALLOW,
    'evaluateWithBackends: OPA denies': DENY,
    'evaluatePolicyWithBackends: OPA denies': DENY,
    'evaluateWithBackends: OPA is undefined': FAILED_CLOSED,
    'evaluatePolicyWithBackends: OPA is undefined': FAILED_CLOSED,
    'evaluateWithBackends: OPA fails': FAILED_CLOSED,
    'evaluatePolicyWithBackends: OPA fails': FAILED_CLOSED,
    'evaluateWithBackends: OPA cannot be reached': FAILED_CLOSED,
    'evaluatePolicyWithBackends: OPA cannot be reached': FAILED_CLOSED,
    'evaluateWithBackends: OPA times out': TIMED_OUT_CLOSED,
    'evaluatePolicyWithBackends: OPA times out': TIMED_OUT_CLOSED,
    'evaluateWithBackends: Cedar cannot be reached': FAILED_CLOSED,
    'evaluateWithBackends: Cedar times out': TIMED_OUT_CLOSED,
    'evaluatePolicyWithBackends: denied locally': DENY,
    'evaluatePolicyWithBackends: a backend reviews': 'review denied evaluated',
    'executeWithGovernance: allow': ALLOW,
    'executeWithGovernance: deny': DENY,
    'executeWithGovernance: review': 'review denied evaluated',
    'adapter.run: allowed': ALLOW,
    'adapter.run: denied': DENY,
    'adapter.run: allowed, and the handler fails': MADE_UP, // an allow beside an error, whosever it is
  },
  casbin: {
    'enforce: a policy matches': ALLOW,
    'enforce: none matches': DENY,
    'enforceEx: a policy matches': UNKNOWN, // with the policy beside it: the types ask for `classify`
    'enforceEx: none matches': DENY,
    'batchEnforce: one matches and one does not': DENY,
    'batchEnforce: all match': ALLOW,
  },
  casl: {
    'can: a rule allows': ALLOW,
    'can: a rule forbids': DENY,
    'can: no rule': DENY,
    'relevantRuleFor: no rule': UNKNOWN,
  },
  cedar: {
    'a policy permits': ALLOW,
    'a policy forbids': DENY,
    'no policy matches': BY_DEFAULT,
    'a policy permits, and one that would forbid fails': MADE_UP,
    'no policy matches, and one fails': FAILED_CLOSED,
    'a policy cannot be parsed': UNKNOWN,
    'entities cannot be read': UNKNOWN,
    'the response alone, a policy permits': ALLOW,
    'the response alone, no policy matches': BY_DEFAULT,
  },
  cerbos: {
    'REST: an action is allowed': ALLOW,
    'REST: an action is denied': DENY,
    'REST: one of two actions is denied': DENY,
    'REST: one of two resources is denied': DENY,
    'REST: all of two resources are allowed': ALLOW,
    'REST: an action that no rule names': DENY,
    'REST: a kind that no policy names': DENY,
    'REST: no resources': UNKNOWN,
    'REST: the request is not valid': UNKNOWN,
    'client: an action is allowed': ALLOW,
    'client: one of two actions is denied': DENY,
    'client: the result of one resource': DENY,
    'client: isAllowed': ALLOW,
    'client: the server is not there': UNKNOWN,
  },
  guardrails: {
    'nothing is found': ALLOW,
    'a keyword is found': DENY,
    'one of them': DENY,
    'a guardrail fails, nothing is found': MADE_UP,
    'a guardrail times out, nothing is found': 'unknown unknown timeout',
    'a guardrail fails, a keyword is found': DENY,
  },
  mcp: {
    'a tool allows': ALLOW,
    'a tool denies': DENY,
    'a tool answers in text': UNKNOWN,
    'a tool throws': UNKNOWN,
    'a tool breaks its schema': UNKNOWN,
    'a tool fails and says so beside an allow': MADE_UP,
    'a tool that there is not': UNKNOWN,
  },
  opa: {
    'REST: a boolean rule is true': ALLOW,
    'REST: a boolean rule is false by default': DENY,
    'REST: a rule without a default is undefined': UNKNOWN,
    'REST: a package that there is not': UNKNOWN,
    'REST: a package allows': ALLOW,
    'REST: a package denies, with violations': DENY,
    'REST: a set of denials is empty': UNKNOWN, // a list that nobody names may be of anything
    'REST: a set of denials': UNKNOWN,
    'REST: a package with denials alone, none of them': ALLOW,
    'REST: a package with denials alone': DENY,
    'REST: an object with a word': ALLOW,
    'REST: an object with a word that denies': DENY,
    'REST: a word': DENY,
    'REST: a rule conflicts with itself': UNKNOWN,
    'REST: a function fails': UNKNOWN,
    'REST: the request cannot be read': UNKNOWN,
    'client: a boolean rule is true': ALLOW,
    'client: a boolean rule is false': DENY,
    'client: a rule is undefined': UNKNOWN,
    'client: a package denies': DENY,
    'eval: a boolean rule is false': UNKNOWN,
    'eval: a rule is undefined': UNKNOWN,
    'eval: the query cannot be parsed': UNKNOWN,
  },
  openfga: {
    'REST: a tuple allows': ALLOW,
    'REST: there is no tuple': DENY,
    'REST: a condition holds': ALLOW,
    'REST: a condition does not hold': DENY,
    'REST: what a condition needs is missing': UNKNOWN,
    'REST: a relation that there is not': UNKNOWN,
    'REST: a batch, all allowed': ALLOW,
    'REST: a batch, one is not': DENY,
    'REST: a batch, one fails': UNKNOWN,
    'client: a tuple allows': ALLOW,
    'client: there is no tuple': DENY,
    'client: a relation that there is not': UNKNOWN,
    'client: a batch, all allowed': ALLOW,
    'client: a batch, one is not': DENY,
    'client: a batch, one fails': FAILED_CLOSED,
  },
  rules: {
    'a rule fires that allows': ALLOW,
    'a rule fires that denies': DENY, // that it has fired is no allow
    'a rule fires that is of something else': UNKNOWN,
    'no rule fires': UNKNOWN,
  },
};

const FOLDER = join(__dirname, '../fixtures/verdicts');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const recordingOf = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recording;

test('each recording says of which engine it is, and has a meaning', () => {
  expect(files.map((file) => basename(file, '.json')).sort()).toEqual(Object.keys(MEANINGS).sort());
  for (const file of files) {
    const { engine, version } = recordingOf(file);
    expect(engine).not.toBe('');
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

describe.each(files)('%s', (file) => {
  const { answers } = recordingOf(file);
  const meanings = MEANINGS[basename(file, '.json')]!;

  test('has the answers of the table, no more and no fewer', () => {
    expect(answers.map(({ of }) => of)).toEqual(Object.keys(meanings));
  });

  test.each(answers)('$of', ({ of, answer }) => {
    const { decision, enforced, provenance } = verdictOf(answer);
    expect(`${decision} ${enforced} ${provenance}`).toBe(meanings[of]);
  });
});
