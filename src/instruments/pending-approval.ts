import { fingerprint } from '../common/fingerprint.js';
import type { Instruments } from './instruments.js';
import type { ApprovalOutcome, ApproverClass } from '../semconv/values.js';
import { PENDING_APPROVAL_KEYS } from './call-keys.js';
import { activeScope, answerRefusal, executionOf, type CallScope } from './call-scope.js';
import { dropCall } from './host-calls.js';

/** What an approval is asked for. */
export interface ApprovalQuestion {
  readonly agentId: string;
  readonly action: string;
  /** The policy that wants the approval. */
  readonly policy: string;
  /** The arguments of the action. Only a hash is kept, which never leaves the process. */
  readonly params?: unknown;
  /** What the policy engine answered: one that its instrumentation has counted as asked is not counted again. */
  readonly verdict?: unknown;
  /**
   * Time after which it is `expired`, if nobody has answered. An answer that comes later is told, and counts no more.
   * @defaultValue 7 days
   */
  readonly expiresAfterSeconds?: number;
}

const DEFAULT_EXPIRY_SECONDS = 7 * 86_400;

export interface ApprovalAnswer {
  readonly outcome: ApprovalOutcome;
  /** What kind of approver was asked; never who. */
  readonly approver: ApproverClass;
}

/**
 * How what runs compares with what was approved. `unknown`: the arguments were given on one side only, or cannot be
 * hashed. `unapproved`: there is no approval to compare it with.
 */
export type ApprovedRun = 'same' | 'changed' | 'unknown' | 'unapproved';

/** An approval that was asked for. No method throws. */
export interface PendingApproval {
  /** Records the answer, and how long it took. Only the first one counts. */
  answered(answer: ApprovalAnswer): void;
  /** Says whether the action that runs now is the one that was approved; one that has changed is counted. */
  running(action: { readonly action: string; readonly params?: unknown }): ApprovedRun;
}

/** What is told of an approval's fate. */
export interface ApprovalListener {
  /** @internal */
  readonly registry: Instruments;
  answered(asked: AskedApproval, answer: ApprovalAnswer): void;
  /** It was given up before it was answered. */
  answeredLate(asked: AskedApproval, answer: ApprovalAnswer): void;
  ran(asked: AskedApproval, run: ApprovedRun): void;
}

/** What is kept of a question. */
export class AskedApproval implements PendingApproval {
  readonly agentId: string;
  readonly action: string;
  readonly policy: string;
  readonly askedMillis: number;
  readonly deadlineMillis: number;
  private readonly params: Params;
  private outcome: ApprovalOutcome | 'unknown' | undefined;
  private expired = false;
  /** What it is asked inside of, and was refused till now. What runs is held by its context. */
  private readonly execution: WeakRef<CallScope> | undefined;

  constructor(
    question: ApprovalQuestion,
    private readonly listener: ApprovalListener,
  ) {
    const { agentId, action, policy } = question;
    this.agentId = agentId;
    this.action = action;
    this.policy = policy;
    const execution = executionOf(activeScope(), action);
    this.execution = execution?.agentId === agentId ? new WeakRef(execution) : undefined;
    this.params = paramsOf(question);
    this.askedMillis = listener.registry.clock();
    this.deadlineMillis = this.askedMillis + 1000 * expiryOf(question);
  }

  /** Gives it up, as nobody has answered. */
  expire(): void {
    this.expired = true;
    this.outcome = 'expired';
  }

  answered(answer: ApprovalAnswer): void {
    try {
      const { outcome, approver } = answer;
      if (outcome === undefined || approver === undefined)
        PENDING_APPROVAL_KEYS.answered.missed(this.listener, answer);
      if (this.outcome !== undefined && !this.expired) return;
      this.outcome = outcome ?? 'unknown';
      const execution = this.execution?.deref();
      if (execution) answerRefusal(execution, this.policy, outcome);
      if (this.expired) this.listener.answeredLate(this, { outcome, approver });
      else this.listener.answered(this, { outcome, approver });
      this.expired = false;
    } catch (error) {
      dropCall(this.listener, 'PendingApproval.answered', error);
    }
  }

  running(action: { readonly action: string; readonly params?: unknown }): ApprovedRun {
    try {
      if (action.action === undefined) PENDING_APPROVAL_KEYS.running.missed(this.listener, action);
      else if (action.params === undefined) PENDING_APPROVAL_KEYS.running.omitted(this.listener, action);
      const run = this.outcome === 'approved' ? this.compared(action) : 'unapproved';
      this.listener.ran(this, run);
      return run;
    } catch (error) {
      dropCall(this.listener, 'PendingApproval.running', error);
      return 'unknown';
    }
  }

  private compared(now: { readonly action: string; readonly params?: unknown }): ApprovedRun {
    if (now.action !== this.action) return 'changed';
    const params = paramsOf(now);
    if (params === undefined || this.params === undefined) return 'unknown';
    if (params === this.params) return 'same';
    return params === NO_PARAMS || this.params === NO_PARAMS ? 'unknown' : 'changed';
  }
}

/** A hash, {@link NO_PARAMS}, or undefined for what cannot be hashed. */
type Params = string | undefined;
const NO_PARAMS = 'none';

/** What is no time is left out. */
function expiryOf({ expiresAfterSeconds: seconds }: ApprovalQuestion): number {
  return typeof seconds === 'number' && seconds > 0 ? seconds : DEFAULT_EXPIRY_SECONDS;
}

function paramsOf({ params }: { readonly params?: unknown }): Params {
  return params === undefined ? NO_PARAMS : fingerprint(params);
}

/** Of a question that could not be read. */
export const NOTHING_ASKED: PendingApproval = Object.freeze({
  answered() {},
  running: (): ApprovedRun => 'unapproved',
});
