import type { Enforcement, Provenance } from '../semconv/values.js';
import { agreed, alsoWithin, came, madeUp, refusal, withForm, worse } from './verdict-combined.js';
import { membersOf, roleOf, type MemberRole } from './verdict-members.js';
import {
  ALLOW,
  APPROVAL,
  DENY,
  FAILED,
  failureOf,
  negates,
  plain,
  provenanceOfWord,
  TIMED_OUT,
  DOUBTFUL,
  UNKNOWN_VERDICT,
  isRefusalByError,
  verdictOfAction,
  verdictOfPermissionship,
  verdictOfPlainWord,
  verdictOfStatus,
  verdictOfWord,
  type ReadVerdict,
} from './verdict-words.js';

/** Depth to which an answer in an answer is looked for. */
const MAX_DEPTH = 4;
/** Items of a list that are looked at. */
const MAX_ITEMS = 100;
/** Objects of one answer that are looked at, in all. */
const MAX_OBJECTS = 200;
let objectsLeft = 0;

/**
 * Reads a verdict in the shapes in which policy engines, guardrails and moderation answer: a boolean, a word (`allow`,
 * `Deny`, `BLOCKED`, `review`, …), or an object with `allowed`, `effectiveDecision`, `decision`, `effect`, `tripwireTriggered`
 * and the like, also under `result` or `response`. Anything else is `unknown`, and so is what contradicts itself, comes with
 * an error, or refuses to be read. Never throws.
 */
export function enforcementOf(value: unknown): Enforcement {
  return verdictOf(value).enforced;
}

/** The same, with what was decided and how the verdict came about. Never throws. */
export function verdictOf(value: unknown): ReadVerdict {
  if (typeof value === 'boolean') return value ? ALLOW : DENY;
  try {
    objectsLeft = MAX_OBJECTS;
    return read(value, 0) ?? UNKNOWN_VERDICT;
  } catch {
    return UNKNOWN_VERDICT;
  }
}

/** Undefined where it says nothing. Throws what reading the value throws. */
function read(value: unknown, depth: number): ReadVerdict | undefined {
  if (typeof value === 'boolean') return value ? ALLOW : DENY;
  if (typeof value === 'string') return verdictOfWord(value);
  if (value === null || typeof value !== 'object') return undefined;
  if (depth > MAX_DEPTH || objectsLeft-- <= 0) return DOUBTFUL;
  return Array.isArray(value) ? readAll(value, depth) : readObject(value, depth);
}

/** Several answers: one that denies is enough, one that is not understood is too, and so is one that was made up. */
function readAll(values: readonly unknown[], depth: number): ReadVerdict | undefined {
  if (values.length === 0) return undefined;
  let worst: ReadVerdict | undefined = values.length > MAX_ITEMS ? DOUBTFUL : undefined;
  for (const value of values.slice(0, MAX_ITEMS))
    worst = worse(worst, read(value, depth + 1) ?? UNKNOWN_VERDICT);
  return worst;
}

function readMap(answer: ReadonlyMap<string, unknown>, depth: number): ReadVerdict | undefined {
  return answer.size > MAX_ITEMS ? undefined : readObject(Object.fromEntries(answer), depth);
}

function readObject(answer: object, depth: number): ReadVerdict | undefined {
  if (answer instanceof Map) return refusal(readMap(answer, depth));
  const reading = new Reading(depth);
  if (answer instanceof Error) reading.fails(answer);
  for (const member of membersOf(answer)) {
    const role = roleOf(member);
    if (role === undefined || (role === 'payload' && !Object.hasOwn(answer, member))) continue;
    const value = (answer as Readonly<Record<string, unknown>>)[member];
    if (value === undefined || value === null) continue;
    // A method of its class says nothing until it is called.
    if (typeof value !== 'function' || Object.hasOwn(answer, member)) reading.take(role, member, value);
  }
  return reading.verdict();
}

/** Several answers, each under the name of what was asked, as OpenFGA gives them. Of others, only a refusal is heard. */
function readNamed(value: NonNullable<unknown>, depth: number): ReadVerdict | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const answers = Object.values(value) as readonly ({ readonly allowed?: unknown } | null)[];
  if (!answers.every((answer) => typeof answer === 'object')) return undefined;
  const said = readAll(answers, depth);
  const isRead = said === DOUBTFUL || answers.every((answer) => answer?.allowed === true);
  return isRead ? said : refusal(said);
}

/** What the members of one answer say, taken one by one. */
class Reading {
  private permits = false;
  private refuses = false;
  /** A member that should say yes or no says something else. */
  private odd = false;
  private word: ReadVerdict | undefined;
  /** What is effective outweighs what was decided on the way to it. */
  private effective: ReadVerdict | undefined;
  private perhaps: ReadVerdict | undefined;
  private inner: ReadVerdict | undefined;
  private output: ReadVerdict | undefined;
  private accepted = false; // MCP: a form was sent, and what is in it is the answer
  private form: unknown;
  private failure: 'backend_error' | 'timeout' | undefined;
  private mark: Provenance | undefined;
  private ruleless = false;
  private ruled = false;
  /** A `result` that is a flag. Beside an event it says whether the rule has fired that brings it about, and no more. */
  private flag: boolean | undefined;
  private event: ReadVerdict | undefined;
  /** It names what was asked about, as a rule or a request does: an `action` is then that, and no verdict. */
  private asks = false;

  constructor(private readonly depth: number) {}

  take(role: MemberRole, member: string, value: NonNullable<unknown>): void {
    switch (role) {
      case 'permits':
        if (value === true) this.permits = true;
        else if (value === false || refusal(read(value, this.depth + 1))) this.refuses = true;
        else this.odd = true;
        return;
      case 'needed':
        if (value === false) this.refuses = true;
        return;
      case 'hit':
        if (value === true || (Array.isArray(value) && value.length > 0)) this.refuses = true;
        return;
      case 'refusal':
        if (isThere(value)) this.refuses = true;
        return;
      case 'sign':
        if (typeof value === 'string') this.aside(refusal(verdictOfWord(value)) ?? UNKNOWN_VERDICT);
        else if (typeof value === 'number') this.aside(refusal(verdictOfStatus(value)) ?? UNKNOWN_VERDICT);
        return;
      case 'payload':
        if (typeof value === 'object') this.output = worse(this.output, refusal(read(value, this.depth + 1)));
        return;
      case 'refuses':
        return this.refusal(value);
      case 'word':
        if (typeof value === 'object') return this.within(read(value, this.depth + 1));
        if (typeof value === 'number' && member === 'permissionship')
          return this.within(verdictOfPermissionship(value));
        return this.worded(value, member === 'effectiveDecision');
      case 'perhaps':
        if (typeof value === 'object') return this.noted(read(value, this.depth + 1));
        if (typeof value === 'number' && member !== 'action') return this.aside(verdictOfStatus(value));
        if (typeof value !== 'string') return;
        if (member === 'action') this.accepted = plain(value) === 'accept';
        return this.aside(member === 'action' ? verdictOfAction(value) : verdictOfPlainWord(value));
      case 'form':
        this.form = value;
        return;
      case 'kind':
        if (typeof value === 'string') this.aside(verdictOfPlainWord(value));
        return;
      case 'doubts':
        if (value === false) this.odd = true;
        return;
      case 'approval':
        if (value === true) this.word = worse(this.word, APPROVAL);
        return;
      case 'asks':
        this.asks = true;
        return;
      case 'event':
        if (typeof (value as { type?: unknown }).type === 'string')
          this.event = read(value, this.depth + 1) ?? UNKNOWN_VERDICT;
        return;
      case 'inner':
        if (typeof value === 'boolean' && member === 'result') {
          this.flag = value;
          return;
        }
        return this.within(
          typeof value === 'string'
            ? verdictOfPlainWord(value)
            : (read(value, this.depth + 1) ?? readNamed(value, this.depth + 1)),
        );
      case 'output':
        if (typeof value === 'object') this.output = worse(this.output, read(value, this.depth + 1));
        return;
      case 'perAction':
        if (!Array.isArray(value)) this.within(readAll(Object.values(value), this.depth));
        return;
      case 'failure':
        return this.failed(value);
      default:
        return this.provenance(role, value);
    }
  }

  private refusal(value: NonNullable<unknown>): void {
    if (Array.isArray(value)) {
      if (value.length === 0) this.permits = true;
      else this.refuses = true;
    } else if (value === false) this.permits = true;
    else if (value === true) this.refuses = true;
    else if (value !== 0 && value !== '') this.odd = true;
  }

  private worded(value: NonNullable<unknown>, effective: boolean): void {
    const said = read(value, this.depth);
    if (this.saysFailure(said)) return;
    if (said === UNKNOWN_VERDICT && negates(value)) this.odd = true;
    if (effective) this.effective = said;
    else this.word = worse(this.word, said);
  }

  private aside(said: ReadVerdict): void {
    if (this.saysFailure(said) || said === UNKNOWN_VERDICT) return;
    if (this.perhaps?.enforced !== 'denied') this.perhaps = said;
  }

  private saysFailure(said: ReadVerdict | undefined): boolean {
    if (said === TIMED_OUT) this.failure = 'timeout';
    else if (said === FAILED) this.failure ??= 'backend_error';
    else return false;
    return true;
  }

  /** What says nothing is of something else. */
  private noted(said: ReadVerdict | undefined): void {
    if (said !== undefined) this.within(said);
  }

  private within(said: ReadVerdict = UNKNOWN_VERDICT): void {
    this.inner = worse(this.inner, said);
  }

  private failed(value: NonNullable<unknown>): void {
    if (!isThere(value)) return;
    const error: unknown = Array.isArray(value) ? value[0] : value;
    const refuses =
      typeof error === 'object' ? refusal(read(error, this.depth + 1)) : isRefusalByError(error);
    if (refuses) this.refuses = true;
    else this.fails(error);
  }

  fails(error: unknown): void {
    const failure = failureOf(error);
    if (this.failure !== 'timeout') this.failure = failure === 'timeout' ? failure : 'backend_error';
  }

  private provenance(role: MemberRole, value: NonNullable<unknown>): void {
    switch (role) {
      case 'timeout':
        if (value === true) this.failure = 'timeout';
        return;
      case 'fallback':
        if (value === true) this.mark = 'backend_error';
        return;
      case 'cached':
        if (value === true) this.mark ??= 'cached';
        return;
      case 'rateLimited':
        if (value === true) this.mark ??= 'rate_limited';
        else this.ruleless = true; // unless one is named, too
        return;
      case 'provenance':
        if (typeof value === 'string') this.mark ??= provenanceOfWord(value);
        return;
      case 'backends':
        if (Array.isArray(value)) for (const one of value.slice(0, MAX_ITEMS)) this.failedOf(one, 'error');
        return;
      case 'diagnostics':
        this.failedOf(value, 'errors');
        return this.decidedBy((value as { reason?: unknown }).reason);
      case 'deciding':
        return this.decidedBy(value);
      default:
        this.ruled = true;
    }
  }

  private failedOf(part: unknown, member: string): void {
    const error = (part as Readonly<Record<string, unknown>> | null | undefined)?.[member];
    if (error !== undefined && error !== null) this.failed(error);
  }

  private decidedBy(policies: unknown): void {
    if (!Array.isArray(policies)) return;
    if (policies.length > 0) this.ruled = true;
    else this.mark ??= 'default';
  }

  verdict(): ReadVerdict | undefined {
    this.takeFlag();
    if (this.accepted) this.perhaps = withForm(this.perhaps, this.form, (part) => read(part, this.depth + 1));
    const said = this.said();
    const { failure } = this;
    if (said?.enforced === 'denied' && !this.permits) {
      return came(said, failure === undefined || this.ruled ? this.origin(said) : failure);
    }
    if (said?.enforced === 'allowed') {
      return failure === undefined ? came(said, this.origin(said)) : madeUp(failure);
    }
    if (failure === undefined) {
      return this.mark === 'backend_error' && said?.enforced !== 'denied' ? madeUp(this.mark) : said;
    }
    return failure === 'timeout' ? TIMED_OUT : FAILED;
  }

  private takeFlag(): void {
    const { flag, event } = this;
    if (event !== undefined) this.within(flag === false ? UNKNOWN_VERDICT : event);
    else if (flag !== undefined) this.within(flag ? ALLOW : DENY);
  }

  private said(): ReadVerdict | undefined {
    const { inner } = this;
    const perhaps = this.asks && this.perhaps?.enforced === 'allowed' ? undefined : this.perhaps;
    const explicit = this.explicit();
    const said = explicit ?? inner ?? perhaps ?? this.output;
    if (said?.enforced !== 'allowed') return said;
    // What allows must be contradicted by nothing.
    if (this.odd || perhaps?.enforced === 'denied') return DOUBTFUL;
    return explicit !== undefined && inner !== undefined ? alsoWithin(said, inner) : said;
  }

  /** What flags and words say. One that refuses outweighs those that permit, as `deny` beside `allow` does in a policy. */
  private explicit(): ReadVerdict | undefined {
    const word = this.effective ?? this.word;
    return this.permits || this.refuses ? agreed(!this.refuses, word ?? this.perhaps) : word;
  }

  /** How the verdict came about, where nothing has failed. */
  private origin(said: ReadVerdict): Provenance {
    if (this.mark !== undefined) return this.mark;
    if (this.ruleless && !this.ruled) return 'default';
    const { inner } = this;
    return inner !== undefined && inner.enforced === said.enforced ? inner.provenance : said.provenance;
  }
}

function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
