import type { Context } from '@opentelemetry/api';
import type { LabelSeriesIndex } from '../cardinality/label-series-index.js';
import type { RowRecorder } from '../cardinality/registry-meter.js';
import type { Decision, Enforcement } from '../semconv/values.js';
import { activeContext } from './host-calls.js';
import type { TypedCounter, TypedHistogram } from './typed-instruments.js';

/** One series that is found once and recorded many times. */
export class BoundSeries {
  private readonly generation: number;

  private constructor(
    private readonly recorder: RowRecorder,
    private readonly index: LabelSeriesIndex,
    private readonly row: number,
  ) {
    this.generation = index.generation;
  }

  /**
   * The series of these values, which must have been recorded before. undefined where there is none, and where a value is
   * not what it is counted under, as beyond a cap: each recording of such a one must be counted as that too.
   */
  static of(
    recorder: RowRecorder,
    index: LabelSeriesIndex,
    values: readonly unknown[],
  ): BoundSeries | undefined {
    const row = index.knownRow(values);
    if (row < 0) return undefined;
    const attributes = index.attributesOf(row);
    const exact = index.keys.every((key, i) => attributes[key] === values[i]);
    return exact ? new BoundSeries(recorder, index, row) : undefined;
  }

  /** Rows have been given to other series since: this one must not be recorded any more. */
  get stale(): boolean {
    return this.generation !== this.index.generation;
  }

  /**
   * Records a value that the instrument takes. May throw what the SDK behind it throws.
   *
   * @param active - whose span the value belongs to; undefined for the active one
   */
  record(value: number, active?: Context): void {
    this.recorder.record(this.row, value, active);
  }
}

/** The two series of a policy check of one outcome. */
interface CheckOutcome {
  readonly decision: Decision;
  readonly enforced: Enforcement;
  readonly duration: BoundSeries;
  readonly decisions: BoundSeries;
}

/** Policies remembered at most; label caps allow fewer, but where series expire others take their place. */
const MAX_POLICIES = 1000;

/** Records policy checks by series it remembers: a kernel has few policies, and a check few outcomes. */
export class CheckSeries {
  private readonly byPolicy = new Map<string, CheckOutcome[]>();

  constructor(
    private readonly durations: TypedHistogram<'agent_os_policy_check_duration_seconds'>,
    private readonly decisions: TypedCounter<'agent_os_policy_decisions_total'>,
  ) {}

  /**
   * Records a check and its decision. false where they have not been recorded yet, their labels are not what they are
   * counted under, or the duration is none: the caller must then record them one by one. May throw what the SDK behind
   * the instruments throws.
   */
  record(policy: string, decision: Decision, enforced: Enforcement, durationSeconds: number): boolean {
    const series = this.find(policy, decision, enforced);
    if (series === undefined || !isDuration(durationSeconds)) return false;
    const active = activeContext();
    series.duration.record(durationSeconds, active);
    series.decisions.record(1, active);
    return true;
  }

  private find(policy: string, decision: Decision, enforced: Enforcement): CheckOutcome | undefined {
    const known = this.byPolicy.get(policy);
    if (known !== undefined) {
      for (const outcome of known) {
        if (outcome.decision !== decision || outcome.enforced !== enforced) continue;
        if (!outcome.duration.stale && !outcome.decisions.stale) return outcome;
        this.byPolicy.clear();
        return undefined;
      }
    }
    return this.add(policy, decision, enforced);
  }

  private add(policy: string, decision: Decision, enforced: Enforcement): CheckOutcome | undefined {
    const duration = this.durations.bound(enforced, policy);
    const decisions = this.decisions.bound(decision, enforced, policy);
    if (duration === undefined || decisions === undefined) return undefined;
    if (this.byPolicy.size >= MAX_POLICIES) this.byPolicy.clear();
    const outcome = { decision, enforced, duration, decisions };
    this.byPolicy.set(policy, [...(this.byPolicy.get(policy) ?? []), outcome]);
    return outcome;
  }
}

function isDuration(seconds: unknown): boolean {
  return typeof seconds === 'number' && seconds >= 0 && seconds < Infinity;
}
