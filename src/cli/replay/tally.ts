import { withDeadline } from '../../common/deadline.js';
import { verdictOf } from '../../instruments/verdict.js';
import { asksSomebody } from '../../instruments/violation.js';
import type { Policy } from './policy.js';
import type { BadLine, RecordedCall } from './recorded-calls.js';

export type Outcome = 'allowed' | 'denied' | 'needs approval' | 'unknown' | 'error';
export const OUTCOMES: readonly Outcome[] = ['allowed', 'denied', 'needs approval', 'unknown', 'error'];

export interface Stopped {
  readonly line: number;
  readonly agentId: string;
  readonly action: string;
  readonly outcome: Outcome;
  /** The rule that the engine names, where it names one. */
  readonly rule: string | undefined;
}

/** What was decided, by action. */
export class Tally {
  readonly actions = new Map<string, Record<Outcome, number>>();
  readonly stopped: Stopped[] = [];
  readonly badLines: BadLine[] = [];
  calls = 0;

  /** @param patience - how long one answer may take, in milliseconds */
  constructor(private readonly patience: number) {}

  async add(one: RecordedCall | BadLine, policy: Policy): Promise<void> {
    if ('fault' in one) return void this.badLines.push(one);
    const { line, agentId, action } = one;
    const { outcome, rule } = await decided(one, policy, this.patience);
    this.calls += 1;
    const counts = this.actions.get(action) ?? none();
    counts[outcome] += 1;
    this.actions.set(action, counts);
    if (outcome !== 'allowed') this.stopped.push({ line, agentId, action, outcome, rule });
  }

  get totals(): Record<Outcome, number> {
    const sums = none();
    for (const counts of this.actions.values())
      for (const outcome of OUTCOMES) sums[outcome] += counts[outcome];
    return sums;
  }
}

const none = (): Record<Outcome, number> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;

async function decided(
  call: RecordedCall,
  policy: Policy,
  patience: number,
): Promise<{ outcome: Outcome; rule?: string | undefined }> {
  try {
    // What does not come in time is undefined, which is no verdict.
    const answer = await withDeadline(Promise.resolve(policy(call)), patience, () => undefined);
    const { decision, enforced } = verdictOf(answer);
    const waits = enforced === 'denied' && asksSomebody(decision);
    return { outcome: waits ? 'needs approval' : enforced, rule: ruleIn(answer) };
  } catch {
    return { outcome: 'error' };
  }
}

function ruleIn(answer: unknown): string | undefined {
  if (answer === null || typeof answer !== 'object') return undefined;
  const { matchedRule, rule, policy } = answer as Record<string, unknown>;
  const named = [matchedRule, rule, policy].find((value) => typeof value === 'string' && value !== '');
  return named as string | undefined;
}
