import { KILL_OUTCOMES, type KillOutcome } from '../semconv/values.js';

const OUTCOMES: ReadonlySet<unknown> = new Set(KILL_OUTCOMES);
/** False, 0 or an empty list of who was stopped, in an answer where nothing was stopped. */
const FLAGS = ['stopped', 'killed', 'terminated', 'success', 'ok'] as const;
/** Members that say how it went, in a word or an answer of its own. */
const ANSWERS = ['status', 'outcome', 'result', 'value'] as const;
/** There, and not empty, where it has failed. */
const FAILURES = ['error', 'errors', 'failed', 'failure'] as const;
/** Of several kills: one that did not do what it should outweighs those that did, and those that had nothing to do. */
const WORST_FIRST: readonly KillOutcome[] = ['failed', 'timed_out', 'refused', 'stopped', 'nothing_stopped'];
/**
 * How words begin that say that it is no kill, in small letters and without `-`, `_` and spaces. An agent that was aborted,
 * crashed, or lost its permissions is stopped.
 */
const WORDS: readonly (readonly [RegExp, KillOutcome])[] = [
  [/^(time[sd]?out|deadline)/, 'timed_out'],
  [/^(refus|den(y|ie)|forbid|(not|un)auth|not(allow|permit)|(permission|access)den)/, 'refused'],
  [/^(fail|err|reject|exception|unsuc|unavail)/, 'failed'],
  [/^(not(hing|stopped|killed|found|running)|(no|none|noop|false|skipped)$)/, 'nothing_stopped'],
];
/** Depth to which an answer in an answer is looked for. */
const MAX_DEPTH = 10;

/**
 * How a kill went, from what it gave: a word, `false`, an object that says that nothing was stopped or that it failed, or a
 * list of such, as of `Promise.allSettled`. All else has stopped something. Throws what reading it throws.
 */
export function answeredOutcome(answer: unknown, depth = 0): KillOutcome {
  if (answer === false) return 'nothing_stopped';
  if (typeof answer === 'string') return outcomeOfWord(answer);
  if (typeof answer !== 'object' || answer === null) return 'stopped';
  if (depth > MAX_DEPTH) return 'failed'; // nobody knows whether anything was stopped
  return Array.isArray(answer) ? outcomeOfAll(answer, depth) : outcomeOfObject(answer, depth);
}

function outcomeOfWord(word: string): KillOutcome {
  const said = word
    .slice(0, 100)
    .toLowerCase()
    .replace(/[\s_-]/g, '');
  return WORDS.find(([start]) => start.test(said))?.[1] ?? 'stopped';
}

type Member =
  | (typeof FLAGS | typeof ANSWERS | typeof FAILURES)[number]
  | 'callbacksExecuted'
  | 'compensationsExecuted'
  | 'timedOut'
  | 'timed_out';

function outcomeOfAll(answers: readonly unknown[], depth: number): KillOutcome {
  const outcomes = outcomesOf(answers, depth);
  return WORST_FIRST.find((outcome) => outcomes.has(outcome)) ?? 'nothing_stopped';
}

/** Those up to the first that has failed: nothing outweighs it, and what holds itself is not looked through over and over. */
function outcomesOf(answers: readonly unknown[], depth: number): ReadonlySet<KillOutcome> {
  const outcomes = new Set<KillOutcome>();
  answers.some((answer) => outcomes.add(answeredOutcome(answer, depth + 1)).has('failed'));
  return outcomes;
}

function outcomeOfObject(answer: Readonly<Partial<Record<Member, unknown>>>, depth: number): KillOutcome {
  const { outcome, callbacksExecuted, compensationsExecuted } = answer;
  if (answer instanceof Error || FAILURES.some((member) => isThere(answer[member]))) return 'failed';
  if (answer.timedOut === true || answer.timed_out === true) return 'timed_out';
  if (OUTCOMES.has(outcome)) return outcome as KillOutcome;
  // What the governance SDK's kill switch says.
  if (callbacksExecuted === 0 && compensationsExecuted === 0) return 'nothing_stopped';
  const answers = [...FLAGS.map((flag) => flagged(answer[flag])), ...ANSWERS.map((member) => answer[member])];
  const said = outcomesOf(answers, depth);
  return WORST_FIRST.find((one) => one !== 'stopped' && said.has(one)) ?? 'stopped';
}

/** A count, and a list of who was stopped, are the flag that they come to. */
function flagged(value: unknown): unknown {
  return value === 0 ? false : Array.isArray(value) ? value.length > 0 : value;
}

function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
