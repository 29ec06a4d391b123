import type { PolicyDecisionResult } from '@microsoft/agent-governance-sdk';
import type { Status } from '../../src/semconv/index.js';

type Counts = Record<string, Record<string, number>>;

/** What a policy engine decided and what became of the calls; each count is by action. */
export interface DecisionReport {
  readonly requests: Counts;
  readonly decisions: Counts;
  /** By action and rule: calls that were denied, over a rate limit or altogether. */
  readonly violations: Counts;
  readonly rateLimited: Readonly<Record<string, number>>;
}

/** How a call ends, as far as policy and the recorded outcome tell. */
export function statusOf(verdict: PolicyDecisionResult, outcome: 'ok' | 'error'): Status {
  if (!verdict.allowed) return 'denied';
  return outcome === 'ok' ? 'success' : 'error';
}

/** The rule that decided, for the label `policy`. */
export function ruleOf(verdict: PolicyDecisionResult): string {
  return verdict.matchedRule ?? verdict.policyName ?? 'default';
}

export class DecisionCounts {
  private readonly requests: Counts = {};
  private readonly decisions: Counts = {};
  private readonly violations: Counts = {};
  private readonly rateLimited: Record<string, number> = {};

  add(action: string, verdict: PolicyDecisionResult, status: Status): void {
    count((this.requests[action] ??= {}), status);
    count((this.decisions[action] ??= {}), verdict.action);
    if (verdict.action === 'deny') count((this.violations[action] ??= {}), ruleOf(verdict));
    if (verdict.rateLimited) count(this.rateLimited, action);
  }

  report(): DecisionReport {
    return {
      requests: sorted(this.requests),
      decisions: sorted(this.decisions),
      violations: sorted(this.violations),
      rateLimited: sorted(this.rateLimited),
    };
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** Keys in order at every level, so that two reports of the same decisions are the same text. */
function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [
        key,
        (typeof value === 'object' ? sorted(value as Record<string, unknown>) : value) as T,
      ]),
  );
}
