import { errorType, type Outcome } from '../common/outcome.js';
import { printable } from '../diagnostics/drop-log.js';
import type { CheckResult, Decision, Enforcement, Provenance } from '../semconv/values.js';
import type { KernelMetrics } from './kernel-metrics.js';
import { type Classify, classifiedVerdict, shapeOf } from './classified.js';
import { failureOf } from './verdict-words.js';

/** How a policy check is read. */
export interface PolicyCheckOptions<T> {
  /** Reads a verdict of a shape that is not understood; where it fails, the check counts as `error`. */
  readonly classify?: Classify<T>;
  /**
   * What the host does about an action whose check throws. It is only told here, and changes nothing: what is thrown is
   * thrown on. `allowed` counts as an allow made up after a failure, which AgentOSFailOpen tells of.
   */
  readonly onError?: Enforcement;
}

/** The same, where only the host can read the verdict. */
export type ClassifyingOptions<T> = PolicyCheckOptions<T> & { readonly classify: Classify<T> };

/** How a verdict came about. */
export interface VerdictOrigin {
  /**
   * Where no evaluation gave it: an allow after a failure is `backend_error` or `timeout`, and AgentOSFailOpen tells of it.
   * Give it with the check or with its decision: it counts each time.
   */
  readonly provenance?: Provenance;
}

/** A policy check timed elsewhere, in seconds. */
export interface CheckedPolicy extends VerdictOrigin {
  readonly policy: string;
  readonly result: CheckResult;
  readonly durationSeconds: number;
}

/** What a policy said, and what the kernel did about it. */
export interface DecidedPolicy extends VerdictOrigin {
  readonly policy: string;
  readonly decision: Decision;
  readonly enforced: Enforcement;
}

/** Records how a policy check ended. */
export function recordPolicyCheckOutcome<T>(
  kernel: KernelMetrics,
  policy: string,
  outcome: Outcome<T>,
  durationSeconds: number,
  options: PolicyCheckOptions<T> | undefined,
): void {
  const said = outcome.threw ? undefined : classifiedVerdict(outcome.value, options);
  if (said !== undefined) {
    if (said.enforced === 'unknown') notUnderstood(kernel, policy, (outcome as { value: unknown }).value);
    const { enforced: result, provenance } = said;
    return kernel.recordPolicyCheck({ policy, result, durationSeconds, provenance });
  }
  const failure = outcome.threw ? errorType(outcome.error) : 'classify_failed';
  kernel.recordPolicyCheckError({ policy, durationSeconds, errorType: failure });
  const onError = outcome.threw ? options?.onError : undefined;
  if (onError !== undefined)
    kernel.unevaluated.count(policy, onError, failureOf((outcome as { error: unknown }).error));
}

/** Says once for each policy what its answers look like. */
export function notUnderstood({ registry }: KernelMetrics, policy: string, answer: unknown): void {
  const what = `the policy check ${printable(policy)} answered ${shapeOf(answer)}, which is not understood`;
  const then = 'it is counted as unknown. Pass { classify } to say what it means.';
  registry.drops.warn(`verdict/${policy}`, `${what}; ${then}`);
}
