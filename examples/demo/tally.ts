import type { PolicyDecisionResult } from '@microsoft/agent-governance-sdk';
import type { Status } from '../../src/semconv/index.js';

/** What was governed, for one action or for all of them. */
export interface ActionTally {
  calls: number;
  allowed: number;
  denied: number;
  /** Sent to a person for approval. */
  asked: number;
  rateLimited: number;
  /** Allowed, then failed at the tool. */
  errors: number;
}

/** Check times kept for the quantiles: the latest so many of each action. */
const CHECKS_KEPT = 500;

const empty = (): ActionTally => ({ calls: 0, allowed: 0, denied: 0, asked: 0, rateLimited: 0, errors: 0 });

/** The numbers behind the summary and the live line. */
export class Tally {
  readonly total = empty();
  private readonly byAction = new Map<string, ActionTally>();
  private readonly checks = new Map<string, number[]>();

  add(action: string, verdict: PolicyDecisionResult, status: Status): void {
    const own = this.byAction.get(action) ?? empty();
    this.byAction.set(action, own);
    for (const tally of [own, this.total]) {
      tally.calls += 1;
      tally[columnOf(verdict)] += 1;
      if (status === 'error') tally.errors += 1;
    }
  }

  /** Adds the time of one policy check, in seconds. */
  addCheck(action: string, seconds: number): void {
    const kept = this.checks.get(action) ?? [];
    this.checks.set(action, kept);
    kept.push(seconds);
    if (kept.length > CHECKS_KEPT) kept.shift();
  }

  /** Check time in seconds, of one action or of all; undefined while there was none. */
  checkQuantile(quantile: number, action?: string): number | undefined {
    const times = (action === undefined ? [...this.checks.values()].flat() : (this.checks.get(action) ?? []))
      .slice()
      .sort((a, b) => a - b);
    return times[Math.min(times.length - 1, Math.floor(quantile * times.length))];
  }

  /** The actions, the most frequent first. */
  actions(): (readonly [action: string, tally: ActionTally])[] {
    return [...this.byAction].sort(([a, x], [b, y]) => y.calls - x.calls || (a < b ? -1 : 1));
  }
}

function columnOf(verdict: PolicyDecisionResult): 'allowed' | 'denied' | 'asked' | 'rateLimited' {
  if (verdict.rateLimited) return 'rateLimited';
  if (verdict.allowed) return 'allowed';
  return verdict.action === 'require_approval' ? 'asked' : 'denied';
}
