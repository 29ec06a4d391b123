import { KILL_OUTCOMES, type KillOutcome } from '../semconv/values.js';

const OUTCOMES: ReadonlySet<unknown> = new Set(KILL_OUTCOMES);
/** False in an answer where nothing was stopped. */
const FLAGS = ['stopped', 'killed', 'terminated', 'success', 'ok'] as const;
/** Of several kills: one that did not do what it should outweighs those that did, and those that had nothing to do. */
const WORST_FIRST: readonly KillOutcome[] = ['failed', 'timed_out', 'refused', 'stopped', 'nothing_stopped'];
const MAX_ITEMS = 1000;

/**
 * How a kill went, from what it gave: an outcome's name, `false`, an object that says that nothing was stopped or that it
 * failed, or a list of such, as of `Promise.allSettled`. All else has stopped something. Throws what reading it throws.
 */
export function answeredOutcome(answer: unknown): KillOutcome {
  if (answer === false) return 'nothing_stopped';
  if (OUTCOMES.has(answer)) return answer as KillOutcome;
  if (typeof answer !== 'object' || answer === null) return 'stopped';
  return Array.isArray(answer) ? outcomeOfAll(answer) : outcomeOfObject(answer);
}

interface Answer extends Partial<Record<(typeof FLAGS)[number], unknown>> {
  readonly status?: unknown;
  readonly value?: unknown;
  readonly outcome?: unknown;
  readonly error?: unknown;
  readonly callbacksExecuted?: unknown;
  readonly compensationsExecuted?: unknown;
}

function outcomeOfAll(answers: readonly unknown[]): KillOutcome {
  const outcomes = new Set(answers.slice(0, MAX_ITEMS).map(answeredOutcome));
  return WORST_FIRST.find((outcome) => outcomes.has(outcome)) ?? 'nothing_stopped';
}

function outcomeOfObject(answer: Answer): KillOutcome {
  const { status, outcome, error, callbacksExecuted, compensationsExecuted } = answer;
  if (answer instanceof Error || status === 'rejected' || Boolean(error)) return 'failed';
  if (status === 'fulfilled') return answeredOutcome(answer.value);
  if (OUTCOMES.has(outcome)) return outcome as KillOutcome;
  // What the governance SDK's kill switch says.
  if (callbacksExecuted === 0 && compensationsExecuted === 0) return 'nothing_stopped';
  return FLAGS.some((flag) => answer[flag] === false) ? 'nothing_stopped' : 'stopped';
}
