import { shapeOf } from '../../src/instruments/classified.js';
import { verdictOf } from '../../src/instruments/verdict.js';

// Answers that were read as allowed, or not read, though the engine has said otherwise.

class RuleResult {
  conditions = {};
  priority = 1;
  name = 'rule';
  constructor(
    readonly event: object,
    readonly result = true,
  ) {}
}

class Checked {
  constructor(readonly results: readonly unknown[]) {}
  isAllowed(): boolean {
    return true;
  }
}

const fired = (type: string) => ({
  events: [{ type, params: {} }],
  failureEvents: [],
  results: [new RuleResult({ type, params: {} })],
  failureResults: [new RuleResult({ type: 'other' }, false)],
});

const ANSWERS: readonly [answer: unknown, meaning: string][] = [
  // json-rules-engine: that a rule has fired says nothing of what it brings about
  [fired('deny'), 'deny denied'],
  [fired('allow'), 'allow allowed'],
  [fired('fouled_out'), 'unknown unknown'],
  [{ ...fired('x'), events: [], results: [] }, 'unknown unknown'],
  [[new RuleResult({ type: 'block' })], 'deny denied'],
  [new RuleResult({ type: 'allow' }, false), 'unknown unknown'],
  [new RuleResult({ type: 'deny' }, false), 'unknown unknown'],
  [{ result: true, event: {} }, 'allow allowed'],
  // Aserto: the decision is a name, and beside it stands whether it holds
  [{ decisions: [{ decision: 'allowed', is: false }] }, 'deny denied'],
  [{ decision: 'allowed', is: false }, 'deny denied'],
  [{ decisions: [{ decision: 'allowed', is: true }] }, 'allow allowed'],
  // CASL: the action of a rule is what was asked about
  [{ action: 'approve', subject: 'Invoice', inverted: true }, 'unknown unknown'],
  [{ action: 'modify', resource: 'invoice' }, 'unknown unknown'],
  [{ action: 'deny', resource: 'invoice' }, 'deny denied'],
  // Cerbos: a method is no answer
  [new Checked([{ actions: { view: 'EFFECT_ALLOW' } }]), 'allow allowed'],
  [new Checked([{ actions: { view: 'EFFECT_DENY' } }]), 'deny denied'],
  [{ isAllowed: () => true, decision: 'allow' }, 'unknown unknown'],
  // XACML, IAM, API gateways, Kubernetes
  [{ Response: [{ Decision: 'Deny' }] }, 'deny denied'],
  [{ Response: [{ Decision: 'NotApplicable' }] }, 'unknown unknown'],
  [{ EvaluationResults: [{ EvalDecision: 'implicitDeny' }] }, 'deny denied'],
  [{ isAuthorized: false }, 'deny denied'],
  [{ kind: 'SubjectAccessReview', status: { allowed: false } }, 'deny denied'],
  [{ allowed: true, status: { code: 200 } }, 'allow allowed'],
  [{ allowed: true, outcome: { allowed: false } }, 'unknown unknown'],
  // who approves has not yet
  [{ allowed: true, requiresApproval: true }, 'unknown unknown'],
  [{ allowed: false, requires_approval: true }, 'require_approval denied'],
  [{ needsApproval: true }, 'require_approval denied'],
  [{ allowed: true, needsApproval: false }, 'allow allowed'],
  [{ decision: 'human_in_the_loop_required', status: 'success' }, 'review denied'],
  // what contradicts itself, failed or is an error
  [{ allowed: true, success: false }, 'unknown unknown'],
  [{ decision: 'allow', ok: false }, 'unknown unknown'],
  [{ decision: 'approve', continue: false }, 'unknown unknown'],
  [{ decision: 'allow', success: true }, 'allow allowed'],
  [{ allowed: true, decision: 'not_permitted_here' }, 'unknown unknown'],
  [{ allowed: true, effect: 'Denied by policy' }, 'unknown unknown'],
  [{ allowed: true, effect: 'monitor' }, 'allow allowed'],
  [Object.assign(new Error('x'), { allowed: true }), 'unknown unknown'],
  // models that judge: a word, and its reasons below
  ['unsafe\nS1,S9', 'deny denied'],
  ['safe\nunless it is not', 'unknown unknown'],
  ['ACCESS_DENIED', 'deny denied'],
  ['Permission denied', 'deny denied'],
  [{ action: 'decline' }, 'deny denied'],
];

test.each(ANSWERS.map(([answer, meaning]) => [shapeOf(answer), answer, meaning] as const))(
  '%s',
  (_, answer, meaning) => {
    const { decision, enforced } = verdictOf(answer);
    expect(`${decision} ${enforced}`).toBe(meaning);
  },
);
