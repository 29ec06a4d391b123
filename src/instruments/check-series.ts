import type { CheckResult, Decision } from '../semconv/values.js';
import type { BoundSeries } from './typed-instruments.js';
import type { TypedCounter, TypedHistogram } from './typed-instruments.js';

/** The two series of a policy check of one outcome. */
export interface CheckOutcome {
  readonly decision: Decision;
  readonly result: CheckResult;
  readonly duration: BoundSeries;
  readonly decisions: BoundSeries;
}

/** Policies remembered at most; label caps allow fewer, but where series expire others take their place. */
const MAX_POLICIES = 1000;

/** Finds the series of a policy check by its policy, of which a kernel has few, and its outcome, of which there are few. */
export class CheckSeries {
  private readonly byPolicy = new Map<string, CheckOutcome[]>();

  constructor(
    private readonly durations: TypedHistogram<'agent_os_policy_check_duration_seconds'>,
    private readonly decisions: TypedCounter<'agent_os_policy_decisions_total'>,
  ) {}

  /** undefined where they have not been recorded yet, or their labels are not what they are counted under. */
  find(policy: string, decision: Decision, result: CheckResult): CheckOutcome | undefined {
    const known = this.byPolicy.get(policy);
    if (known !== undefined) {
      for (const outcome of known) {
        if (outcome.decision !== decision || outcome.result !== result) continue;
        if (!outcome.duration.stale && !outcome.decisions.stale) return outcome;
        this.byPolicy.clear();
        return undefined;
      }
    }
    return this.add(policy, decision, result);
  }

  private add(policy: string, decision: Decision, result: CheckResult): CheckOutcome | undefined {
    const duration = this.durations.bound(result, policy);
    const decisions = this.decisions.bound(decision, result, policy);
    if (duration === undefined || decisions === undefined) return undefined;
    if (this.byPolicy.size >= MAX_POLICIES) this.byPolicy.clear();
    const outcome = { decision, result, duration, decisions };
    this.byPolicy.set(policy, [...(this.byPolicy.get(policy) ?? []), outcome]);
    return outcome;
  }
}
