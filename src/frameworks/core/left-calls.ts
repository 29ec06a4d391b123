import type { ReadVerdict } from '../../instruments/verdict-words.js';

/** Of one policy. */
const MOST_LEFT = 1000;

/**
 * What a policy has answered about calls that a framework has left while somebody is asked, to come back to them once there
 * is an answer, as LangGraph does. A call without an id is not known again.
 */
class LeftCalls {
  private readonly verdicts = new Map<string, ReadVerdict>();

  verdictOn(id: string | undefined): ReadVerdict | undefined {
    return id === undefined ? undefined : this.verdicts.get(id);
  }

  keep(id: string | undefined, verdict: ReadVerdict): void {
    if (id === undefined) return;
    if (this.verdicts.size >= MOST_LEFT) this.verdicts.delete(this.verdicts.keys().next().value as string);
    this.verdicts.set(id, verdict);
  }

  delete(id: string | undefined): void {
    if (id !== undefined) this.verdicts.delete(id);
  }
}

const byPolicy = new WeakMap<object, LeftCalls>();

/** By the policy: a host may make its tools anew for each run. */
export function leftOf(policy: object): LeftCalls {
  let left = byPolicy.get(policy);
  if (left === undefined) byPolicy.set(policy, (left = new LeftCalls()));
  return left;
}
