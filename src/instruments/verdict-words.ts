import {
  UNEVALUATED_PROVENANCES,
  type Decision,
  type Enforcement,
  type Provenance,
} from '../semconv/values.js';

/** What a policy check said. These are shared: to read a verdict makes no object. */
export interface ReadVerdict {
  readonly decision: Decision;
  readonly enforced: Enforcement;
  /** How the verdict came about; `unknown` where there is none that is understood. */
  readonly provenance: Provenance;
}

/** Longest word that is read. */
const MAX_WORD = 40;

const made = new Map<string, ReadVerdict>();

/** The one verdict of these values. */
export function verdict(decision: Decision, enforced: Enforcement, provenance: Provenance): ReadVerdict {
  const key = `${decision} ${enforced} ${provenance}`;
  let one = made.get(key);
  if (one === undefined) made.set(key, (one = Object.freeze({ decision, enforced, provenance })));
  return one;
}

const evaluated = (decision: Decision, enforced: Enforcement) => verdict(decision, enforced, 'evaluated');

export const ALLOW = evaluated('allow', 'allowed');
export const DENY = evaluated('deny', 'denied');
const REVIEW = evaluated('review', 'denied');
const LIMITED = verdict('deny', 'denied', 'rate_limited');
export const APPROVAL = evaluated('require_approval', 'denied');
/** Not understood is never allowed, and nobody knows that it was denied. */
export const UNKNOWN_VERDICT = verdict('unknown', 'unknown', 'unknown');
/** As unknown, and told apart by identity alone: the engine says that it has failed, that it took too long, and no verdict. */
export const FAILED: ReadVerdict = Object.freeze({ ...UNKNOWN_VERDICT });
export const TIMED_OUT: ReadVerdict = Object.freeze({ ...UNKNOWN_VERDICT });
/** It contradicts itself, or there is more of it than is read. */
export const DOUBTFUL: ReadVerdict = Object.freeze({ ...UNKNOWN_VERDICT });

/** Words that say no more and no less than that the action may run. */
const PLAIN_ALLOWS =
  'allow allowed permit permitted approve approved grant granted effectallow authorized authorised checkresultallowed';

/** Words for verdicts, in small letters and without `-`, `_` and spaces. A word that is not here is not understood. */
const WORDS: ReadonlyMap<string, ReadVerdict> = new Map([
  ...words(ALLOW, PLAIN_ALLOWS),
  ...words(ALLOW, 'accept accepted pass passed ok safe permissionshiphaspermission'),
  ...words(ALLOW, 'transform transformed modify modified redact redacted mask masked'), // it runs, in another form
  ...words(evaluated('warn', 'allowed'), 'warn warning'),
  ...words(evaluated('log', 'allowed'), 'log audit'),
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
  ...words(DENY, 'unauthorized notauthorized drop dropped revoked expired effectdeny rejectcontent'),
  ...words(DENY, 'throwexception permissionshipnopermission explicitdeny implicitdeny accessdenied'),
  ...words(
    DENY,
    'permissiondenied notpermitted notapproved notgranted unapproved disapproved declined decline',
  ),
  ...words(DENY, 'false refusal contentfilter contentfiltered matchfound checkresultdenied unauthorised'),
  ...words(LIMITED, 'ratelimited throttled'),
  ...words(
    REVIEW,
    'review escalate escalated defer deferred pending hold held humanintheloop humaninthelooprequired',
  ),
  ...words(
    APPROVAL,
    'requireapproval requiresapproval approvalrequired needsapproval userapproval ask askuser confirm',
  ),
  ...words(FAILED, 'error errored failure exception unavailable crashed'),
  ...words(TIMED_OUT, 'timeout timedout deadlineexceeded'),
]);

/** How an answer says that its verdict was made up, in a word. */
const PROVENANCE_WORDS: ReadonlyMap<string, Provenance> = new Map<string, Provenance>([
  ...UNEVALUATED_PROVENANCES.map((word) => [plain(word), word] as const),
  ...(['cache', 'fromcache'] as const).map((word) => [word, 'cached'] as const),
  ...(['fallback', 'failopen', 'failclosed', 'error'] as const).map(
    (word) => [word, 'backend_error'] as const,
  ),
]);

export function verdictOfWord(word: string): ReadVerdict {
  if (word === 'allow' || word === 'allowed') return ALLOW; // most are, and need no other spelling tried
  return WORDS.get(plain(word)) ?? verdictOfFirstLine(word);
}

/** Models that judge give a word, and below it the reasons. Reasons may be conditions: of a denial alone they are none. */
function verdictOfFirstLine(text: string): ReadVerdict {
  const start = text.slice(0, MAX_WORD + 1).trimStart();
  const end = start.indexOf('\n');
  const said = end < 1 ? undefined : WORDS.get(plain(start.slice(0, end)));
  return said?.enforced === 'denied' ? said : UNKNOWN_VERDICT;
}

/** Whether a word that may not be known begins as those do that refuse. */
export function negates(value: unknown): boolean {
  return typeof value === 'string' && NEGATIVE.test(value);
}
const NEGATIVE =
  /^\s*(?:(?:not?|non|never|access|permission)[\s_-]|de(?:ny|ni)|block|reject|refus|forbid|prohib|disallow|disappr|un(?:safe|auth|appr|perm))/i;

/** The verdict of a word that may be of something else: to allow, it must say nothing but that. */
export function verdictOfPlainWord(word: string): ReadVerdict {
  const said = verdictOfWord(word);
  return said.enforced === 'allowed' && !ALLOWS.has(plain(word)) ? UNKNOWN_VERDICT : said;
}
const ALLOWS: ReadonlySet<string> = new Set(PLAIN_ALLOWS.split(' '));

/** The verdict of a word for what is done: of these, nothing is done to the action where it says so. */
export function verdictOfAction(word: string): ReadVerdict {
  return plain(word) === 'none' ? ALLOW : verdictOfWord(word);
}

/** What a status of HTTP says, as services answer that are asked whether an action may run. */
export function verdictOfStatus(status: number): ReadVerdict {
  if (status === 401 || status === 403) return DENY;
  if (status === 429) return LIMITED;
  if (status === 408 || status === 504) return TIMED_OUT;
  return status >= 500 && status < 600 ? FAILED : UNKNOWN_VERDICT;
}

/** SpiceDB's clients give its verdicts as numbers. */
export function verdictOfPermissionship(value: number): ReadVerdict {
  return [UNKNOWN_VERDICT, DENY, ALLOW][value] ?? UNKNOWN_VERDICT;
}

/** Whether an error is none, but how the action was refused. */
export function isRefusalByError(error: unknown): boolean {
  return typeof error === 'string' && REFUSALS.has(plain(error));
}
const REFUSALS: ReadonlySet<string> = new Set(
  'denied forbidden blocked rejected accessdenied permissiondenied unauthorized notauthorized notallowed notpermitted'.split(
    ' ',
  ),
);

export function provenanceOfWord(word: string): Provenance | undefined {
  return PROVENANCE_WORDS.get(plain(word));
}

/** Looks at no more than its type, code and text; what they say goes nowhere. Never throws. */
export function failureOf(error: unknown): 'backend_error' | 'timeout' {
  if (typeof error === 'string') return TIMEOUT.test(error.slice(0, 500)) ? 'timeout' : 'backend_error';
  if (error === null || typeof error !== 'object') return 'backend_error';
  try {
    const { name, code, message } = error as Record<'name' | 'code' | 'message', unknown>;
    const said = [name, code, message].filter((text) => typeof text === 'string');
    return failureOf(said.join(' '));
  } catch {
    return 'backend_error'; // it is the host's, and refuses to be read
  }
}
const TIMEOUT = /time[sd]?[\s_-]?out|deadline[\s_-]?exceeded|ETIMEDOUT/i;

/** A word in small letters and without `-`, `_` and spaces; a text is none. */
export function plain(word: string): string {
  return word.length > MAX_WORD ? '' : word.toLowerCase().replace(/[\s_-]/g, '');
}

function words(said: ReadVerdict, list: string): [string, ReadVerdict][] {
  return list.split(' ').map((word) => [word, said]);
}
