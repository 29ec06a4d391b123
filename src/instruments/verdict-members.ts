/** What a member of an answer says of its verdict. */
export type MemberRole =
  /** True where the action may run. */
  | 'permits'
  /** True where it may not; a list where it is not empty. */
  | 'refuses'
  /** A word, or an answer of its own. */
  | 'word'
  /** A word that may be of something else, as the name of the action that was asked about. */
  | 'perhaps'
  /** Weaker still: most of these are no verdicts, and a type will not be taken for one. */
  | 'kind'
  /** An answer in the answer. */
  | 'inner'
  /** What a rule that fired brings about, as json-rules-engine has it. */
  | 'event'
  /** False where nothing else that it says can be trusted. */
  | 'doubts'
  /** False where the action may not run. True says nothing: it may be one of several conditions. */
  | 'needed'
  /** True, or a list that is not empty, where something speaks against it. Otherwise it says nothing. */
  | 'hit'
  /** There where it was refused. */
  | 'refusal'
  /** A word that is heard where it refuses, and only then. */
  | 'sign'
  /** What a service sent, or a result holds: an answer that is heard where it refuses, and only then. */
  | 'payload'
  /** What was filled in, where MCP's `action` says that it was sent. */
  | 'form'
  /** True where somebody has to approve first. */
  | 'approval'
  /** There where the answer names what was asked about. */
  | 'asks'
  /** The same, where it is an object and nothing else says anything: it may be what a tool gave. */
  | 'output'
  /** A verdict for each of several actions. */
  | 'perAction'
  /** There where the engine has failed: what it answers all the same was made up. */
  | 'failure'
  | 'timeout'
  /** True where the verdict was made up for want of an evaluation. */
  | 'fallback'
  | 'cached'
  /** False where there is a limit that is not reached: then a rule is named, or it was the default. */
  | 'rateLimited'
  /** How the verdict came about, in a word. */
  | 'provenance'
  /** What external backends answered, as the Agent Governance Toolkit lists it. */
  | 'backends'
  /** Cedar's, with the policies that decided and the errors of others. */
  | 'diagnostics'
  /** The policies that decided: none where it was the default. */
  | 'deciding'
  /** The rule that decided. */
  | 'rule';

/** The members that are read, as engines, guardrails and moderation name them. */
export const MEMBERS = {
  allowed: 'permits',
  allow: 'permits',
  permitted: 'permits',
  isAllowed: 'permits',
  is_allowed: 'permits',
  approved: 'permits',
  authorized: 'permits',
  isAuthorized: 'permits',
  is_authorized: 'permits',
  granted: 'permits',
  is: 'permits',
  passed: 'permits',
  validation_passed: 'permits',
  validationPassed: 'permits',
  safe: 'permits',

  denied: 'refuses',
  deny: 'refuses',
  blocked: 'refuses',
  block: 'refuses',
  rejected: 'refuses',
  refused: 'refuses',
  flagged: 'refuses',
  tripwireTriggered: 'refuses',
  tripwire_triggered: 'refuses',
  violation: 'refuses',
  violations: 'refuses',

  effectiveDecision: 'word',
  decision: 'word',
  permissionDecision: 'word',
  effect: 'word',
  permissionship: 'word',
  verdict: 'word',
  disposition: 'word',
  Decision: 'word',
  EvalDecision: 'word',
  behavior: 'word',
  action: 'perhaps',
  outcome: 'perhaps',
  status: 'perhaps',
  type: 'kind',

  result: 'inner',
  response: 'inner',
  effectivePolicyResult: 'inner',
  structuredContent: 'inner',
  results: 'inner',
  evaluations: 'inner',
  decisions: 'inner',
  events: 'inner',
  Response: 'inner',
  EvaluationResults: 'inner',
  hookSpecificOutput: 'inner',
  output: 'output',
  actions: 'perAction',
  event: 'event',

  success: 'doubts',
  ok: 'doubts',
  valid: 'doubts',
  isValid: 'doubts',
  is_valid: 'doubts',
  continue: 'doubts',
  requiresApproval: 'approval',
  requires_approval: 'approval',
  requireApproval: 'approval',
  needsApproval: 'approval',
  needs_approval: 'approval',
  approvalRequired: 'approval',
  approval_required: 'approval',
  subject: 'asks',
  resource: 'asks',
  principal: 'asks',

  error: 'failure',
  errors: 'failure',
  err: 'failure',
  exception: 'failure',
  originalException: 'failure',
  errorMessage: 'failure',
  error_message: 'failure',
  isError: 'failure',
  failed: 'failure',
  failure: 'failure',
  executionFailed: 'failure',
  execution_failed: 'failure',
  timedOut: 'timeout',
  timed_out: 'timeout',
  timeout: 'timeout',
  fallback: 'fallback',
  isFallback: 'fallback',
  failOpen: 'fallback',
  fail_open: 'fallback',
  failedOpen: 'fallback',
  failed_open: 'fallback',
  degraded: 'fallback',
  cached: 'cached',
  fromCache: 'cached',
  from_cache: 'cached',
  cacheHit: 'cached',
  cache_hit: 'cached',
  rateLimited: 'rateLimited',
  rate_limited: 'rateLimited',
  provenance: 'provenance',
  source: 'provenance',
  backendResults: 'backends',
  diagnostics: 'diagnostics',
  determiningPolicies: 'deciding',
  matchedRule: 'rule',

  can: 'word',
  accessDecision: 'word',
  access: 'perhaps',
  evaluation: 'perhaps',
  statusCode: 'perhaps',
  status_code: 'perhaps',
  userPromptAnalysis: 'perhaps',
  documentsAnalysis: 'perhaps',
  protectedMaterialAnalysis: 'perhaps',
  sanitizationResult: 'perhaps',
  policyActions: 'perhaps',
  rule_results: 'perhaps',
  pairs: 'inner',
  item: 'output',
  data: 'payload',
  body: 'payload',
  content: 'form',
  value: 'payload',
  right: 'payload',
  code: 'sign',
  kind: 'sign',
  tag: 'sign',
  _tag: 'sign',
} as const satisfies Record<string, MemberRole> &
  Record<VerdictMember, 'permits' | 'refuses' | 'word' | 'perhaps' | 'inner'>;

/** A member that says something of a verdict. */
export type VerdictMember =
  | 'allowed'
  | 'allow'
  | 'permitted'
  | 'isAllowed'
  | 'is_allowed'
  | 'approved'
  | 'authorized'
  | 'isAuthorized'
  | 'is_authorized'
  | 'granted'
  | 'is'
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
  | 'permissionDecision'
  | 'effect'
  | 'permissionship'
  | 'verdict'
  | 'disposition'
  | 'Decision'
  | 'EvalDecision'
  | 'behavior'
  | 'action'
  | 'outcome'
  | 'status'
  | 'result'
  | 'response'
  | 'effectivePolicyResult'
  | 'structuredContent'
  | 'results'
  | 'evaluations'
  | 'decisions'
  | 'events'
  | 'Response'
  | 'EvaluationResults'
  | 'hookSpecificOutput';

/** The members that policy engines, guardrails and moderation answer with; one of them is there at least. */
export type VerdictObject = {
  readonly [K in VerdictMember]: Pick<{ readonly [M in VerdictMember]: unknown }, K>;
}[VerdictMember];

/** What is read as a verdict; for another shape, `classify` is needed. Some of it turns out to say nothing all the same. */
export type Verdictlike = boolean | string | VerdictObject | readonly VerdictObject[];

const ROLES: ReadonlyMap<string, MemberRole> = new Map(Object.entries(MEMBERS));

/** Longest name of a member that may be one of these in another spelling. */
const MAX_NAME = 40;
const MAX_LOOKED_UP = 1000;

const REFUSING_ROLES: Readonly<Partial<Record<MemberRole, MemberRole>>> = {
  permits: 'needed',
  refuses: 'hit',
  word: 'sign',
};

/** What only refuses, in small letters and without `-` and `_`, as languages differ in how they spell a name. */
const REFUSING: ReadonlyMap<string, MemberRole> = new Map([
  ...[...ROLES].flatMap(([member, role]): [string, MemberRole][] => {
    const { [role]: refusing } = REFUSING_ROLES;
    return refusing === undefined ? [] : [[plainName(member), refusing]];
  }),
  ...names(
    'needed',
    'authorised isauthorised hasaccess haspermission canaccess canproceed shouldproceed proceed pass',
  ),
  ...names(
    'needed',
    'issafe ispermitted isapproved isgranted accessgranted permissiongranted compliant iscompliant',
  ),
  ...names(
    'hit',
    'isdenied isblocked shouldblock isflagged unsafe isunsafe forbidden isforbidden disallowed prohibited',
  ),
  ...names(
    'hit',
    'violationsdetected attackdetected injectiondetected ungroundeddetected isdetected jailbreak',
  ),
  ...names('hit', 'harmful isharmful guardrailtriggered'),
  ...names('refusal', 'refusal deniedresponse'),
  ...names('sign', 'stopreason finishreason filtermatchstate restrictionaction permission'),
]);
const lookedUp = new Map<string, MemberRole | undefined>();

export function roleOf(member: string): MemberRole | undefined {
  return ROLES.get(member) ?? refusingRoleOf(member);
}

function refusingRoleOf(member: string): MemberRole | undefined {
  if (member.length > MAX_NAME) return undefined;
  const role = lookedUp.get(member);
  if (role !== undefined || lookedUp.has(member)) return role;
  const found = REFUSING.get(plainName(member));
  if (lookedUp.size < MAX_LOOKED_UP) lookedUp.set(member, found);
  return found;
}

function plainName(member: string): string {
  return member.toLowerCase().replace(/[_-]/g, '');
}

function names(role: MemberRole, list: string): [string, MemberRole][] {
  return list.split(' ').map((name) => [name, role]);
}

/**
 * The members of an answer that may be read. Of a plain object its own; an object of a class may have them as getters, so all
 * are tried.
 */
export function membersOf(answer: object): Iterable<string> {
  const prototype: unknown = Object.getPrototypeOf(answer);
  if (prototype === Object.prototype || prototype === null) return Object.keys(answer);
  const own = Object.keys(answer).filter((member) => !ROLES.has(member));
  return own.length === 0 ? ROLES.keys() : [...ROLES.keys(), ...own];
}
