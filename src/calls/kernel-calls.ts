import { INVALID_SPAN_CONTEXT, trace } from '@opentelemetry/api';
import { CALL_KEYS } from '../instruments/call-keys.js';
import { dropCall, isFunction } from '../instruments/host-calls.js';
import type { Classify, KernelMetrics, Verification, Violation } from '../instruments/index.js';
import { contextOfSignal, type Sending } from '../instruments/sent-within.js';
import type { SpanWork } from '../tracing/index.js';
import { askedExecution, EXECUTION_CALL } from './execution.js';
import { SIGNAL, VERIFICATION } from '../tracing/kernel-spans.js';
import { currentContext, measuredCall, type CallKind, type CallParts } from './measured-call.js';
import type { ExecutionCall, KernelVerbs, PolicyCheckCall, SignalCall } from './kernel-verbs.js';
import { askedCheck, POLICY_CHECK_CALL, type AskedCheck } from './policy-check.js';
import { readViolation, VIOLATION_CALL } from './violation.js';

/** What a call whose arguments cannot be read runs with. */
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
const nothing = (): never => undefined as never;

const SIGNAL_CALL: CallKind<SignalCall & Sending> = {
  method: 'obs.signal',
  span: SIGNAL,
  ended({ kernel }, sent, { threw }) {
    // Where it threw none was sent, and what an instrumented kill switch or lifecycle has sent is counted there.
    if (!threw && !sent.counted) kernel.recordSignal(sent);
  },
};

const VERIFICATION_CALL: CallKind<Verification> = {
  method: 'obs.verification',
  span: VERIFICATION,
  ended({ cmvk }, verification) {
    cmvk.recordVerification(verification);
  },
};

/** The verbs of the handle, over its halves: see {@link KernelVerbs}. */
export class KernelCalls {
  constructor(private readonly parts: CallParts) {}

  policyCheck<T>(check: PolicyCheckCall & { classify?: Classify<Awaited<T>> }, run: SpanWork<T>): T {
    const { parts } = this;
    if (!isFunction(parts.kernel, POLICY_CHECK_CALL.method, run)) return undefined as T;
    const active = currentContext();
    let asked: AskedCheck;
    try {
      asked = askedCheck(parts.kernel, check, active);
    } catch (error) {
      return this.unread(POLICY_CHECK_CALL, error, run);
    }
    return measuredCall(parts, POLICY_CHECK_CALL, asked, run, active, asked);
  }

  execute<T>(execution: ExecutionCall<T>, run: SpanWork<T>): T {
    const { parts } = this;
    if (!isFunction(parts.kernel, EXECUTION_CALL.method, run)) return undefined as T;
    const active = currentContext();
    let asked: ReturnType<typeof askedExecution>;
    try {
      asked = askedExecution(parts.kernel, execution, active);
    } catch (error) {
      return this.unread(EXECUTION_CALL, error, run);
    }
    return measuredCall(parts, EXECUTION_CALL, asked, run, active, asked);
  }

  signal<T = void>(given: SignalCall, send?: SpanWork<T>): T {
    const run = this.workOf(SIGNAL_CALL, send);
    let sent: SignalCall & Sending;
    try {
      sent = readSignal(this.parts.kernel, given);
    } catch (error) {
      return this.unread(SIGNAL_CALL, error, run);
    }
    return measuredCall(this.parts, SIGNAL_CALL, sent, run, contextOfSignal(currentContext(), sent));
  }

  violation<T = void>(given: Violation, handle?: SpanWork<T>): T {
    const run = this.workOf(VIOLATION_CALL, handle);
    let said: Violation;
    try {
      said = readViolation(this.parts.kernel, given);
    } catch (error) {
      return this.unread(VIOLATION_CALL, error, run);
    }
    return measuredCall(this.parts, VIOLATION_CALL, said, run, currentContext());
  }

  verification(given: Verification): void {
    let said: Verification;
    try {
      said = readVerification(this.parts.kernel, given);
    } catch (error) {
      return this.unread(VERIFICATION_CALL, error, nothing);
    }
    measuredCall(this.parts, VERIFICATION_CALL, said, nothing, currentContext());
  }

  /** Arguments that cannot be read cost the measurement, not the host's function. */
  private unread<T>({ method }: CallKind<never>, error: unknown, run: SpanWork<T>): T {
    dropCall(this.parts.kernel, method, error);
    return run(NO_SPAN);
  }

  /** The function may be left out; what is none is said. */
  private workOf<T>({ method }: CallKind<never>, work: SpanWork<T> | undefined): SpanWork<T> {
    const given = work !== undefined && isFunction(this.parts.kernel, method, work);
    return given ? work : nothing;
  }
}

/** The verbs alone, so that each can be taken off the handle and called by itself. */
export function verbsOf(calls: KernelCalls): KernelVerbs {
  return {
    policyCheck: calls.policyCheck.bind(calls),
    execute: calls.execute.bind(calls),
    signal: calls.signal.bind(calls),
    violation: calls.violation.bind(calls),
    verification: calls.verification.bind(calls),
  };
}

function readSignal(recorder: KernelMetrics, given: SignalCall): SignalCall & Sending {
  const { agentId, signal, reason } = given;
  if (agentId === undefined || signal === undefined || reason === undefined)
    CALL_KEYS.signal.missed(recorder, given);
  return { agentId, signal, reason, counted: false };
}

function readVerification(recorder: KernelMetrics, given: Verification): Verification {
  const { claimId, result, confidence, driftScore, durationSeconds, modelCount, agreeingCount } = given;
  if (
    result === undefined ||
    confidence === undefined ||
    driftScore === undefined ||
    durationSeconds === undefined
  )
    CALL_KEYS.verification.missed(recorder, given);
  else if (claimId === undefined || modelCount === undefined || agreeingCount === undefined)
    CALL_KEYS.verification.omitted(recorder, given);
  return {
    result,
    confidence,
    driftScore,
    durationSeconds,
    ...(modelCount !== undefined && { modelCount }),
    ...(agreeingCount !== undefined && { agreeingCount }),
    ...(claimId !== undefined && { claimId }),
  };
}
