import { UNKNOWN } from '../semconv/values.js';
import type { CheckResult, Decision, Enforcement, Signal, Status, StoppedState } from '../semconv/values.js';
import { KERNEL_KEYS as KEYS } from './call-keys.js';
import { CheckSeries } from './bound-series.js';
import { noteViolation } from './call-scope.js';
import { activeContext, dropCall, followedCall, startTimer, timedCall, type Timer } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import { KernelGauges } from './kernel-gauges.js';
import { recordPolicyCheckOutcome } from './policy-check.js';
import type { CheckedPolicy, ClassifyingOptions, DecidedPolicy, PolicyCheckOptions } from './policy-check.js';
import { noteSignal } from './sent-within.js';
import { executionStatus, StreamMetrics } from './stream-metrics.js';
import { UnevaluatedVerdicts } from './unevaluated-verdicts.js';
import type { Classify } from './classified.js';
import type { Verdictlike } from './verdict-members.js';
import { ViolationStops } from './violation-stops.js';
import { showSignal, showViolation, type Violation } from './violation.js';

/**
 * The kernel's metrics: requests, violations, policy checks, signals, recoveries. API only: they record into whatever
 * MeterProvider the host has. No method throws; a bad value is dropped, counted and warned about once.
 *
 * @example
 * ```ts
 * const kernel = new KernelMetrics();
 * const verdict = await kernel.policyCheck('data-access', () => engine.check(action));
 * kernel.recordRequest({ action: 'read_file', status: 'success' });
 * ```
 */
export class KernelMetrics {
  /** @internal */
  readonly registry: Instruments;
  /** @internal */
  readonly unevaluated: UnevaluatedVerdicts;
  /** @internal */
  readonly streams: StreamMetrics;
  private readonly gauges: KernelGauges;
  private readonly checks: CheckSeries;
  private readonly instruments;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
    this.instruments = {
      requests: make.counter('agent_os_requests_total').by('status', 'action'),
      violations: make.counter('agent_os_violations_total').by('severity', 'policy', 'action', 'agent_id'),
      stops: ViolationStops.of(make),
      checkDuration: make.histogram('agent_os_policy_check_duration_seconds').by('result', 'policy'),
      decisions: make.counter('agent_os_policy_decisions_total').by('decision', 'enforced', 'policy'),
      executionDuration: make.histogram('agent_os_execution_duration_seconds').by('status', 'action'),
      kernelLatency: make.histogram('agent_os_kernel_latency_seconds').by(),
      signals: make.counter('agent_os_signals_total'),
      sigkills: make.counter('agent_os_sigkill_total'),
      mttr: make.histogram('agent_os_mttr_seconds'),
      containment: make.histogram('agent_os_containment_seconds'),
      recoveries: make.counter('agent_os_recovery_total'),
      activeAgents: make.upDownCounter('agent_os_active_agents'),
      agentCrashes: make.counter('agent_os_agent_crashes_total'),
      kernelCrashes: make.counter('agent_os_kernel_crashes_total'),
      evaluationErrors: make.counter('agent_os_policy_evaluation_errors_total'),
      ungoverned: make.counter('agent_os_ungoverned_actions_total'),
      allowedAfterStop: make.counter('agent_os_allowed_after_stop_total'),
    };
    this.checks = new CheckSeries(
      make.histogram('agent_os_policy_check_duration_seconds'),
      make.counter('agent_os_policy_decisions_total'),
    );
    this.unevaluated = new UnevaluatedVerdicts(make);
    this.gauges = KernelGauges.of(make);
    this.streams = new StreamMetrics(make);
  }

  /** Counts a request the kernel processed. */
  recordRequest(request: { action: string; status: Status }): void {
    try {
      const { action, status } = request;
      if (action === undefined || status === undefined) KEYS.recordRequest.missed(this, request);
      this.instruments.requests.add(1, status, action);
      this.gauges.violations.add(0, 1);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordRequest', error);
    }
  }

  /** Counts a violation, and emits it as an event. What was blocked is counted by {@link KernelMetrics.recordBlocked}. */
  recordViolation(violation: Violation): void {
    try {
      const { agentId, action, policy, severity = 'high', reason, blocked } = violation;
      const given = agentId !== undefined && action !== undefined && policy !== undefined;
      if (!given) KEYS.recordViolation.missed(this, violation);
      else if (reason === undefined || violation.severity === undefined)
        KEYS.recordViolation.omitted(this, violation);
      const active = noteViolation(activeContext());
      this.instruments.violations.addWithin(active, 1, severity, policy, action, agentId);
      this.instruments.stops.violated(blocked, severity, policy, action, agentId);
      this.gauges.violations.add(1, 0);
      showViolation(this.registry.events, active, violation, severity);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordViolation', error);
    }
  }

  /** Counts a violation the kernel stopped. Sends and counts no signal. */
  recordBlocked(blocked: { agentId: string; action: string }): void {
    try {
      const { agentId, action } = blocked;
      if (agentId === undefined || action === undefined) KEYS.recordBlocked.missed(this, blocked);
      this.instruments.stops.blocked(agentId, action);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordBlocked', error);
    }
  }

  /**
   * Runs a policy check: timed, its result recorded. What `check` returns or throws reaches the caller unchanged, a
   * promise as one that settles alike; a check that throws is `error` and counted by its type.
   *
   * @param policy - name of the policy or policy set
   * @param check - sync or async; a boolean, a word or an object with the verdict (see `enforcementOf`). An answer that is
   * not understood counts as `unknown`, never as allowed
   * @param options - `classify` reads a verdict of another shape; `onError` tells what the host does where it throws
   */
  policyCheck<T extends Verdictlike | PromiseLike<Verdictlike>>(
    policy: string,
    check: () => T,
    options?: PolicyCheckOptions<Awaited<T>>,
  ): T;
  policyCheck<T>(policy: string, check: () => T, options: ClassifyingOptions<Awaited<T>>): T;
  policyCheck<T>(policy: string, check: () => T, options?: PolicyCheckOptions<Awaited<T>>): T {
    return timedCall(this, 'KernelMetrics.policyCheck', check, (outcome, durationSeconds) =>
      recordPolicyCheckOutcome(this, policy, outcome, durationSeconds, options),
    );
  }

  /** Starts the time of a policy check that cannot be wrapped. */
  startPolicyCheck(policy: string): Timer<CheckResult> {
    return startTimer(this, 'KernelMetrics.startPolicyCheck', (result, durationSeconds) =>
      this.recordPolicyCheck({ policy, result, durationSeconds }),
    );
  }

  /** Records a policy check timed elsewhere, in seconds. */
  recordPolicyCheck(check: CheckedPolicy): void {
    try {
      const { policy, result, durationSeconds, provenance } = check;
      const given = policy !== undefined && result !== undefined && durationSeconds !== undefined;
      if (!given) KEYS.recordPolicyCheck.missed(this, check);
      this.instruments.checkDuration.record(durationSeconds, result, policy);
      this.unevaluated.count(policy, result === 'error' ? 'unknown' : result, provenance);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordPolicyCheck', error);
    }
  }

  /** Records a policy check that threw; `durationSeconds` where it was timed. */
  recordPolicyCheckError(check: { policy: string; errorType: string; durationSeconds?: number }): void {
    try {
      const { policy, durationSeconds, errorType: error_type } = check;
      if (policy === undefined || error_type === undefined) KEYS.recordPolicyCheckError.missed(this, check);
      else if (durationSeconds === undefined) KEYS.recordPolicyCheckError.omitted(this, check);
      if (durationSeconds !== undefined) this.recordPolicyCheck({ policy, result: 'error', durationSeconds });
      this.instruments.evaluationErrors.add(1, { policy, error_type });
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordPolicyCheckError', error);
    }
  }

  /** Counts what a policy said and what the kernel did about it. */
  recordDecision(decided: DecidedPolicy): void {
    try {
      const { policy, decision, enforced, provenance } = decided;
      const given = policy !== undefined && decision !== undefined && enforced !== undefined;
      if (!given) KEYS.recordDecision.missed(this, decided);
      this.instruments.decisions.add(1, decision, enforced, policy);
      this.unevaluated.count(policy, enforced, provenance);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordDecision', error);
    }
  }

  /**
   * Records a policy check and the decision of the same policy: what {@link KernelMetrics.recordPolicyCheck} and
   * {@link KernelMetrics.recordDecision} do, in one go. Never throws.
   * @internal
   */
  countCheck(policy: string, decision: Decision, enforced: Enforcement, durationSeconds: number): void {
    try {
      if (this.checks.record(policy, decision, enforced, durationSeconds)) return;
    } catch (error) {
      return dropCall(this, 'KernelMetrics.countCheck', error);
    }
    this.recordPolicyCheck({ policy, result: enforced, durationSeconds });
    this.recordDecision({ policy, decision, enforced });
  }

  /** Runs a governed action to the end of what it gives, be it a stream: timed, `error` if it throws, or what `classify` says. */
  execution<T>(action: string, run: () => T, options: { classify?: Classify<Awaited<T>> } = {}): T {
    return followedCall(this, 'KernelMetrics.execution', run, (end, durationSeconds) => {
      this.recordExecution({ action, status: executionStatus(end, options), durationSeconds });
      this.streams.ended(action, end);
    });
  }

  /** Starts the time of an action that cannot be wrapped. */
  startExecution(action: string): Timer<Status> {
    return startTimer(this, 'KernelMetrics.startExecution', (status, durationSeconds) =>
      this.recordExecution({ action, status, durationSeconds }),
    );
  }

  /** Records an action timed elsewhere, in seconds. */
  recordExecution(execution: { action: string; status: Status; durationSeconds: number }): void {
    try {
      const { action, status, durationSeconds } = execution;
      const given = action !== undefined && status !== undefined && durationSeconds !== undefined;
      if (!given) KEYS.recordExecution.missed(this, execution);
      this.instruments.executionDuration.record(durationSeconds, status, action);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordExecution', error);
    }
  }

  /** Records the kernel's own time in one request, in seconds: policy and dispatch, without the action. */
  recordKernelLatency(latency: { durationSeconds: number }): void {
    try {
      const { durationSeconds } = latency;
      if (durationSeconds === undefined) KEYS.recordKernelLatency.missed(this, latency);
      this.instruments.kernelLatency.record(durationSeconds);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordKernelLatency', error);
    }
  }

  /** Counts a signal that was sent, and emits it as an event; a SIGKILL is also counted by agent. */
  recordSignal(sent: { signal: Signal; reason: string; agentId?: string }): void {
    try {
      const { signal, reason, agentId = UNKNOWN } = sent;
      if (signal === undefined || reason === undefined) KEYS.recordSignal.missed(this, sent);
      else if (sent.agentId === undefined) KEYS.recordSignal.omitted(this, sent);
      noteSignal(signal, sent.agentId);
      this.instruments.signals.add(1, { signal, reason });
      if (signal === 'SIGKILL') this.instruments.sigkills.add(1, { agent_id: agentId, reason });
      showSignal(this.registry.events, signal, reason, sent.agentId);
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordSignal', error);
    }
  }

  /** Records how long a kill took, in seconds, until every handler and compensation had run. */
  recordContainment(containment: { durationSeconds: number }): void {
    try {
      const { durationSeconds } = containment;
      if (durationSeconds === undefined) KEYS.recordContainment.missed(this, containment);
      this.instruments.containment.record(durationSeconds, {});
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordContainment', error);
    }
  }

  /** Counts a recovery attempt; one that succeeded adds its time since the SIGKILL, in seconds, to the MTTR. */
  recordRecovery(recovery: { success: boolean; durationSeconds?: number }): void {
    try {
      const { success, durationSeconds } = recovery;
      if (success === undefined) KEYS.recordRecovery.missed(this, recovery);
      else if (durationSeconds === undefined) KEYS.recordRecovery.omitted(this, recovery);
      this.instruments.recoveries.add(1, { status: success ? 'success' : 'failed' });
      if (success && durationSeconds !== undefined) this.instruments.mttr.record(durationSeconds, {});
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordRecovery', error);
    }
  }

  /** Counts an agent that came under the kernel. */
  recordAgentStarted(): void {
    try {
      this.instruments.activeAgents.add(1, {});
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordAgentStarted', error);
    }
  }

  /** Counts an agent that left the kernel. */
  recordAgentStopped(): void {
    try {
      this.instruments.activeAgents.add(-1, {});
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordAgentStopped', error);
    }
  }

  /** Counts a crash of an agent. */
  recordAgentCrash(crash: { agentId: string; reason: string }): void {
    try {
      const { agentId, reason } = crash;
      if (agentId === undefined || reason === undefined) KEYS.recordAgentCrash.missed(this, crash);
      this.instruments.agentCrashes.add(1, { agent_id: agentId, reason });
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordAgentCrash', error);
    }
  }

  /** Counts a crash of the kernel itself. */
  recordKernelCrash(): void {
    try {
      this.instruments.kernelCrashes.add(1, {});
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordKernelCrash', error);
    }
  }

  /** Counts an action that ran with no policy decision before it. */
  recordUngovernedAction(ungoverned: { agentId: string; action: string }): void {
    try {
      const { agentId, action } = ungoverned;
      if (agentId === undefined || action === undefined) KEYS.recordUngovernedAction.missed(this, ungoverned);
      this.instruments.ungoverned.add(1, { agent_id: agentId, action });
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordUngovernedAction', error);
    }
  }

  /** Counts a verdict to allow for an agent that was already stopped. */
  recordAllowedAfterStop(allowed: { agentId: string; action: string; state: StoppedState }): void {
    try {
      const { agentId, action, state } = allowed;
      const given = agentId !== undefined && action !== undefined && state !== undefined;
      if (!given) KEYS.recordAllowedAfterStop.missed(this, allowed);
      this.instruments.allowedAfterStop.add(1, { agent_id: agentId, action, state });
    } catch (error) {
      dropCall(this, 'KernelMetrics.recordAllowedAfterStop', error);
    }
  }

  /** Sets what `agent_os_kernel_info` shows. */
  setInfo(info: { version: string; policyMode: string }): void {
    try {
      const { version, policyMode } = info;
      if (version === undefined || policyMode === undefined) KEYS.setInfo.missed(this, info);
      this.gauges.info = { version, policy_mode: policyMode };
    } catch (error) {
      dropCall(this, 'KernelMetrics.setInfo', error);
    }
  }

  /** Violations per 1000 requests over the last 5 minutes; 0 while nothing happened. */
  violationRate(): number {
    return this.gauges.violations.perThousand();
  }
}
