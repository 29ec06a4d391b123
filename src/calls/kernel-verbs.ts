import type { Classify, Verification, Verdictlike, Violation } from '../instruments/index.js';
import type { Severity, Signal } from '../semconv/values.js';
import type { SpanWork } from '../tracing/index.js';

/** A policy check. One of `policy` and `policies` must be there. */
export type PolicyCheckCall = PolicyCheckBasics &
  (
    | { readonly policy: string; readonly policies?: readonly string[] }
    | { readonly policy?: string; readonly policies: readonly string[] }
  );

/** What every policy check says. */
export interface PolicyCheckBasics {
  readonly agentId: string;
  readonly action: string;
  /**
   * How grave a denial is.
   * @defaultValue `high`
   */
  readonly severity?: Severity;
  /**
   * Whether a denial is a violation. It is one once, whatever else inside of the check counts it.
   * @defaultValue true
   */
  readonly violation?: boolean;
  /**
   * Whether the check is a request. `true` is for those who do not run by `execute` what was allowed; `false` for those
   * who count requests themselves.
   * @defaultValue where it ends one: not allowed, and outside of `execute`
   */
  readonly request?: boolean;
}

export interface ExecutionCall<T> {
  readonly agentId: string;
  readonly action: string;
  /** Reads from the result whether the action was denied. */
  readonly classify?: Classify<Awaited<T>>;
}

export interface SignalCall {
  readonly agentId: string;
  readonly signal: Signal;
  /** A short cause; on the span and the event it may be free text. */
  readonly reason: string;
}

/**
 * What a kernel does, as one call each: metric, span, event and exemplar. A function that is passed runs exactly once, in
 * the span, and what it returns or throws comes back unchanged; a promise is followed to its end. No call throws by
 * itself, and one whose arguments cannot be read is counted and said once.
 *
 * @example
 * ```ts
 * const allowed = await obs.policyCheck({ agentId, action, policy: 'data-access' }, () => engine.check(action));
 * if (allowed) await obs.execute({ agentId, action }, () => run(action));
 * obs.violation({ agentId, action, policy: 'egress', severity: 'high', blocked: true });
 * ```
 */
export interface KernelVerbs {
  /**
   * Has an engine decide: span `kernel.policy_check`, the time by result, the decision and what was enforced; a denial is
   * a violation as well. What is denied, not understood or throws is told as an event. An instrumented engine that is
   * asked inside of it is a part of it: it counts for both, under the host's name of the policy, and takes from the engine
   * how the verdict came about. Where one fails, an allow was evaluated if an instrumented engine has allowed it after
   * that; any other, as of an engine that is not instrumented, cannot be told from one that the host made up, and counts so.
   *
   * @param run - a boolean, a word or an object with the verdict (see `enforcementOf`); for another shape, `classify`
   * reads it. An answer that is not understood is `unknown`, never allowed
   */
  policyCheck<T extends Verdictlike | PromiseLike<Verdictlike>>(
    this: void,
    check: PolicyCheckCall & { readonly classify?: Classify<Awaited<T>> },
    run: SpanWork<T>,
  ): T;
  policyCheck<T>(
    this: void,
    check: PolicyCheckCall & { readonly classify: Classify<Awaited<T>> },
    run: SpanWork<T>,
  ): T;
  /**
   * Runs a governed action: span `kernel.execute`, its time, and the request by status: `error` where it throws, what
   * `classify` says, `denied` where a check of the same action inside of it denied, also one of an instrumented engine,
   * otherwise `success`. An instrumented adapter or governed call of the same action inside of it is a part of it: one
   * request, one time, and an error also where the adapter swallows it.
   */
  execute<T>(this: void, execution: ExecutionCall<T>, run: SpanWork<T>): T;
  /** Sends a signal: span `kernel.signal`, counted unless `send` throws; a SIGKILL is also counted by agent. */
  signal<T = void>(this: void, signal: SignalCall, send?: SpanWork<T>): T;
  /** Says that a policy was broken: span `kernel.violation`, counted, and where `blocked` as stopped too. */
  violation<T = void>(this: void, violation: Violation, handle?: SpanWork<T>): T;
  /** Records a cross-model verification that has ended: span `kernel.verification`, its result, drift, time and votes. */
  verification(this: void, verification: Verification): void;
}
