import { ENFORCEMENTS, type Decision, type Enforcement } from '../semconv/values.js';

/** Turns what a policy check returned into what was enforced. */
export type Classify<T> = (value: T) => Enforcement;

/** What a policy check said. */
export interface ReadVerdict {
  readonly decision: Decision;
  readonly enforced: Enforcement;
}

/** What is read as a verdict; for another shape, `classify` is needed. Some of it turns out to say nothing all the same. */
export type Verdictlike = boolean | string | VerdictObject | readonly VerdictObject[];

/** The members that policy engines, guardrails and moderation answer with; one of them is there at least. */
export type VerdictObject = {
  readonly [K in VerdictMember]: Pick<{ readonly [M in VerdictMember]: unknown }, K>;
}[VerdictMember];
/** A member that says something of a verdict. */
export type VerdictMember =
  | 'result'
  | 'response'
  | 'effectivePolicyResult'
  | 'structuredContent'
  | 'results'
  | 'allowed'
  | 'allow'
  | 'permitted'
  | 'isAllowed'
  | 'is_allowed'
  | 'approved'
  | 'authorized'
  | 'passed'
  | 'validation_passed'
  | 'validationPassed'
  | 'safe'
  | 'denied'
  | 'deny'
  | 'blocked'
  | 'block'
  | 'rejected'
  | 'refused'
  | 'flagged'
  | 'tripwireTriggered'
  | 'tripwire_triggered'
  | 'violation'
  | 'violations'
  | 'effectiveDecision'
  | 'decision'
  | 'effect'
  | 'verdict'
  | 'disposition'
  | 'action'
  | 'outcome'
  | 'status';

const ALLOW: ReadVerdict = { decision: 'allow', enforced: 'allowed' };
const DENY: ReadVerdict = { decision: 'deny', enforced: 'denied' };
const REVIEW: ReadVerdict = { decision: 'review', enforced: 'denied' };
const APPROVAL: ReadVerdict = { decision: 'require_approval', enforced: 'denied' };
/** Not understood is never allowed, and nobody knows that it was denied. */
export const UNKNOWN_VERDICT: ReadVerdict = { decision: 'unknown', enforced: 'unknown' };

/** Words for verdicts, in small letters and without `-`, `_` and spaces. A word that is not here is not understood. */
const WORDS: ReadonlyMap<string, ReadVerdict> = new Map([
  ...words(
    ALLOW,
    'allow allowed accept accepted permit permitted pass passed approve approved grant granted ok safe none',
  ),
  ...words(ALLOW, 'transform transformed modify modified redact redacted mask masked'), // it runs, in another form
  ...words({ decision: 'warn', enforced: 'allowed' }, 'warn warning'),
  ...words({ decision: 'log', enforced: 'allowed' }, 'log audit'),
  ...words(
    DENY,
    'deny denied block blocked reject rejected refuse refused forbid forbidden disallow disallowed',
  ),
  ...words(
    DENY,
    'prohibit prohibited fail failed stop stopped terminate terminated kill killed abort aborted',
  ),
  ...words(
    DENY,
    'quarantine quarantined suspend suspended unsafe flagged guardrailintervened intervened no notallowed',
  ),
  ...words(DENY, 'unauthorized notauthorized ratelimited throttled drop dropped revoked expired'),
  ...words(REVIEW, 'review escalate escalated defer deferred pending hold held'),
  ...words(APPROVAL, 'requireapproval requiresapproval approvalrequired needsapproval ask askuser confirm'),
]);

/** Members under which an answer stands inside of another, as those of OPA, Cedar, MCP and guardrails. */
const OUTER: readonly VerdictMember[] = [
  'result',
  'response',
  'effectivePolicyResult',
  'structuredContent',
  'results',
];
/** Members that are true where the action may run. */
const PERMITTING: readonly VerdictMember[] = [
  'allowed',
  'allow',
  'permitted',
  'isAllowed',
  'is_allowed',
  'approved',
  'authorized',
  'passed',
  'validation_passed',
  'validationPassed',
  'safe',
];
/** Members that are true where it may not; of a list, where it is not empty. */
const REFUSING: readonly VerdictMember[] = [
  'denied',
  'deny',
  'blocked',
  'block',
  'rejected',
  'refused',
  'flagged',
  'tripwireTriggered',
  'tripwire_triggered',
  'violation',
  'violations',
];
/** Members with a word, the one that outweighs the others first. */
const WORDED: readonly VerdictMember[] = [
  'effectiveDecision',
  'decision',
  'effect',
  'verdict',
  'disposition',
];
/** Members whose word may be of something else, as the name of the action that was asked about. */
const PERHAPS_WORDED: readonly VerdictMember[] = ['action', 'outcome', 'status'];
/** Members that say that the engine has failed: an answer made up after a failure is no verdict. */
const FAILED = ['error', 'errors', 'exception', 'isError'] as const;

/** Depth to which an answer in an answer is looked for. */
const MAX_DEPTH = 4;

/**
 * Reads a verdict in the shapes in which policy engines, guardrails and moderation answer: a boolean, a word (`allow`,
 * `Deny`, `BLOCKED`, `review`, …), or an object with `allowed`, `effectiveDecision`, `decision`, `effect`, `tripwireTriggered`
 * and the like, also under `result` or `response`. Anything else is `unknown`, and so is what contradicts itself, comes with
 * an error, or refuses to be read. Never throws.
 */
export function enforcementOf(value: unknown): Enforcement {
  return verdictOf(value).enforced;
}

/** The same, with what was decided. Never throws. */
export function verdictOf(value: unknown): ReadVerdict {
  try {
    return read(value, 0) ?? UNKNOWN_VERDICT;
  } catch {
    return UNKNOWN_VERDICT;
  }
}

/** Undefined where it says nothing. Throws what reading the value throws. */
function read(value: unknown, depth: number): ReadVerdict | undefined {
  if (typeof value === 'boolean') return value ? ALLOW : DENY;
  if (typeof value === 'string') return verdictOfWord(value);
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return readAll(value, depth);
  return readObject(value as Record<string, unknown>, depth);
}

/** Several answers: one that denies is enough, one that is not understood is too. */
function readAll(values: readonly unknown[], depth: number): ReadVerdict | undefined {
  if (values.length === 0 || values.length > 100) return undefined;
  const verdicts = values.map((value) => read(value, depth + 1) ?? UNKNOWN_VERDICT);
  return (
    verdicts.find(({ enforced }) => enforced === 'denied') ??
    verdicts.find(({ enforced }) => enforced === 'unknown') ??
    verdicts[0]
  );
}

function readObject(answer: Record<string, unknown>, depth: number): ReadVerdict | undefined {
  const { permits, refuses } = flagsOf(answer);
  const word = wordOf(answer);
  const verdict = permits || refuses ? agreed(!refuses, word) : (word ?? inner(answer, depth));
  const firm = verdict?.enforced === 'denied' && !permits;
  return !firm && FAILED.some((name) => isThere(answer[name])) ? UNKNOWN_VERDICT : verdict;
}

/** A flag and a word say one thing, or it is denied, or nobody knows. The word may say more. */
function agreed(flag: boolean, word: ReadVerdict | undefined): ReadVerdict {
  const plain = flag ? ALLOW : DENY;
  if (word === undefined || word.enforced === 'unknown') return plain;
  if (word.enforced === plain.enforced) return word;
  if (flag) return UNKNOWN_VERDICT;
  return word.decision === 'allow' ? DENY : { decision: word.decision, enforced: 'denied' }; // as a rule that warns and stops
}

/** What the flags say. One that refuses outweighs those that permit, as `deny` beside `allow` does in a policy. */
function flagsOf(answer: Record<string, unknown>): { permits: boolean; refuses: boolean } {
  let permits = false;
  let refuses = false;
  for (const name of PERMITTING) {
    const value = answer[name];
    if (value === true) permits = true;
    else if (value === false) refuses = true;
  }
  for (const name of REFUSING) {
    const value = answer[name];
    if (value === false || (Array.isArray(value) && value.length === 0)) permits = true;
    else if (value === true || Array.isArray(value)) refuses = true;
  }
  return { permits, refuses };
}

function wordOf(answer: Record<string, unknown>): ReadVerdict | undefined {
  for (const name of WORDED) {
    const value = answer[name];
    if (typeof value === 'string' || typeof value === 'boolean') return read(value, 0);
  }
  for (const name of PERHAPS_WORDED) {
    const value = answer[name];
    const verdict = typeof value === 'string' ? verdictOfWord(value) : undefined;
    if (verdict !== undefined && verdict !== UNKNOWN_VERDICT) return verdict;
  }
  return undefined;
}

function inner(answer: Record<string, unknown>, depth: number): ReadVerdict | undefined {
  for (const name of OUTER) {
    const value = answer[name];
    if (value !== undefined && value !== null) return read(value, depth + 1);
  }
  return undefined;
}

function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function verdictOfWord(word: string): ReadVerdict {
  if (word === 'allow' || word === 'allowed') return ALLOW; // most are, and need no other spelling tried
  if (word.length > 40) return UNKNOWN_VERDICT;
  return WORDS.get(word.toLowerCase().replace(/[\s_-]/g, '')) ?? UNKNOWN_VERDICT;
}

function words(verdict: ReadVerdict, list: string): [string, ReadVerdict][] {
  return list.split(' ').map((word) => [word, verdict]);
}

/** {@link enforcementOf}, or the host's own reading; undefined where that throws or answers something else. */
export function classified<T>(
  value: T,
  options?: { readonly classify?: Classify<T> | undefined },
): Enforcement | undefined {
  const classify = options?.classify;
  if (!classify) return enforcementOf(value);
  try {
    const verdict: unknown = classify(value);
    return ENFORCEMENTS.find((enforcement) => enforcement === verdict);
  } catch {
    return undefined;
  }
}

/** What an answer looks like, and nothing of what it says. Never throws. */
export function shapeOf(value: unknown): string {
  try {
    if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
    if (Array.isArray(value)) return `a list of ${value.length}`;
    const names = Object.keys(value);
    const members = names.slice(0, 6).map((name) => {
      const member = (value as Record<string, unknown>)[name];
      return `${/^[\w$]{1,30}$/.test(name) ? name : '…'}: ${member === null ? 'null' : typeof member}`;
    });
    return `{ ${[...members, ...(names.length > 6 ? ['…'] : [])].join(', ')} }`;
  } catch {
    return 'an object that cannot be read';
  }
}
