import { secondsSince } from '../common/clock.js';
import type { EventAttributes, EventSeverity } from '../semconv/events.js';
import {
  APPROVAL_OUTCOMES,
  APPROVER_CLASSES,
  UNKNOWN,
  type ApprovalOutcome,
  type ApproverClass,
} from '../semconv/values.js';
import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_APPROVAL_OUTCOME,
  ATTR_APPROVER_CLASS,
  ATTR_POLICY,
  ATTR_WAIT_SECONDS,
} from '../semconv/attributes.js';
import { APPROVAL_KEYS } from './call-keys.js';
import { activeScope, noteWanted, type CallScope, type WantedApproval } from './call-scope.js';
import { dropCall } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import {
  AskedApproval,
  NOTHING_ASKED,
  type ApprovalListener,
  type ApprovalQuestion,
  type PendingApproval,
} from './pending-approval.js';
import { WaitingApprovals } from './waiting-approvals.js';

type ApprovalEvent = EventAttributes<'agent_os.approval'>;

/**
 * Metrics of approvals: what was asked, what was answered by which class of approver and after how long, and whether
 * what runs is what was approved. Each step is an event as well. API only; no method throws.
 *
 * @example
 * ```ts
 * const approvals = new ApprovalMetrics();
 * const params = { path: '/reports/2024' };
 * const pending = approvals.ask({ agentId, action: 'delete_file', policy: 'files', params });
 * pending.answered({ outcome: 'approved', approver: 'human' });
 * if (pending.running({ action: 'delete_file', params }) === 'same') await run('delete_file');
 * ```
 */
export class ApprovalMetrics {
  /** @internal */
  readonly registry: Instruments;
  private readonly instruments;
  private readonly listener: ApprovalListener;
  /** What verdicts have counted as asked: each is good for one question that follows, which counts no second time. */
  private readonly wanted: WantedApproval[] = [];
  /** @internal */
  readonly waiting: WaitingApprovals;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
    this.instruments = {
      requested: make.counter('agent_os_approvals_requested_total'),
      answers: make.counter('agent_os_approvals_total'),
      wait: make.histogram('agent_os_approval_wait_seconds'),
      waiting: make.upDownCounter('agent_os_approvals_waiting'),
      changed: make.counter('agent_os_approved_action_changed_total'),
    };
    this.listener = {
      registry: make,
      answered: (asked, { outcome, approver }) => this.endWait(asked, outcome, approver),
      answeredLate: (asked, { outcome, approver }) => this.tellAnswer(asked, outcome, approver),
      ran: (asked, run) => {
        if (run === 'same') return;
        if (run === 'changed') this.instruments.changed.add(1, { policy: asked.policy });
        if (run === 'unknown') this.notCompared();
        else this.tell(asked, { [ATTR_APPROVAL_OUTCOME]: run }, 'ERROR');
      },
    };
    this.waiting = new WaitingApprovals(make.clock, (asked) => {
      this.endWait(asked, 'expired', UNKNOWN as ApproverClass); // nobody was there to settle it
    });
  }

  /**
   * Counts an approval that is asked for. It waits until what this gives is told the answer, or it has expired:
   * see `expiresAfterSeconds`.
   */
  ask(question: ApprovalQuestion): PendingApproval {
    try {
      const { agentId, action, policy, params, verdict, expiresAfterSeconds } = question;
      if (agentId === undefined || action === undefined || policy === undefined)
        APPROVAL_KEYS.ask.missed(this, question);
      else if (params === undefined || verdict === undefined || expiresAfterSeconds === undefined)
        APPROVAL_KEYS.ask.omitted(this, question);
      const asked = new AskedApproval(question, this.listener);
      if (!this.takeWanted(question)) this.instruments.requested.add(1, { policy });
      this.waiting.add(asked);
      this.instruments.waiting.add(1, {});
      this.tell(asked, { [ATTR_APPROVAL_OUTCOME]: 'asked' });
      return asked;
    } catch (error) {
      dropCall(this, 'ApprovalMetrics.ask', error);
      return NOTHING_ASKED;
    }
  }

  /** Counts an approval that was asked for elsewhere; `verdict` is what the policy engine answered. */
  recordRequested(requested: { policy: string; verdict?: unknown }): void {
    try {
      const { policy, verdict } = requested;
      if (policy === undefined) APPROVAL_KEYS.recordRequested.missed(this, requested);
      else if (verdict === undefined) APPROVAL_KEYS.recordRequested.omitted(this, requested);
      if (isObject(verdict)) {
        if (this.wanted.some((one) => verdictOf(one) === verdict)) return;
        noteWanted(activeScope(), undefined, this.keep(verdict));
      }
      this.instruments.requested.add(1, { policy });
    } catch (error) {
      dropCall(this, 'ApprovalMetrics.recordRequested', error);
    }
  }

  /**
   * Counts what a check has answered that wants an approval, unless what was asked inside of it has answered the same. The
   * question that follows is the same one.
   * @internal
   */
  recordWanted(wanted: ApprovalQuestion, check: CallScope): void {
    const { policy, action, verdict } = wanted;
    const within = check.wanted;
    if (within !== undefined && verdictOf(within) === verdict) {
      within.keys.push(keyOf(wanted));
      return;
    }
    noteWanted(check.outer, action, this.keep(verdict, keyOf(wanted)));
    this.instruments.requested.add(1, { policy });
  }

  /**
   * Whether the question was counted already by the verdict that led to it, which leads to no other then.
   * @internal
   */
  takeWanted(question: Partial<ApprovalQuestion>): boolean {
    const { verdict } = question;
    const key = keyOf(question);
    let index = isObject(verdict) ? this.wanted.findIndex((one) => verdictOf(one) === verdict) : -1;
    if (index < 0) index = this.wanted.findIndex(({ keys }) => keys.includes(key));
    if (index >= 0) this.wanted.splice(index, 1);
    return index >= 0;
  }

  /** Counts an answer to an approval that was asked for elsewhere; `waitSeconds` where it was timed. */
  recordAnswered(answer: { outcome: ApprovalOutcome; approver: ApproverClass; waitSeconds?: number }): void {
    try {
      const { outcome, approver, waitSeconds } = answer;
      if (outcome === undefined || approver === undefined) APPROVAL_KEYS.recordAnswered.missed(this, answer);
      else if (waitSeconds === undefined) APPROVAL_KEYS.recordAnswered.omitted(this, answer);
      this.instruments.answers.add(1, { outcome, approver });
      if (waitSeconds !== undefined) this.instruments.wait.record(waitSeconds, { outcome });
    } catch (error) {
      dropCall(this, 'ApprovalMetrics.recordAnswered', error);
    }
  }

  private keep(verdict: unknown, ...keys: string[]): WantedApproval {
    const wanted = { keys, verdict: isObject(verdict) ? new WeakRef(verdict) : verdict };
    if (this.wanted.push(wanted) > MOST_WANTED) this.wanted.shift();
    return wanted;
  }

  private endWait(asked: AskedApproval, outcome: ApprovalOutcome, approver: ApproverClass): void {
    const waitSeconds = secondsSince(this.registry.clock, asked.askedMillis);
    this.waiting.delete(asked);
    this.instruments.waiting.add(-1, {});
    this.recordAnswered({ outcome, approver, waitSeconds });
    this.tellAnswer(asked, outcome, approver);
  }

  private tellAnswer(asked: AskedApproval, outcome: ApprovalOutcome, approver: ApproverClass): void {
    this.tell(asked, {
      [ATTR_APPROVAL_OUTCOME]: known(outcome, APPROVAL_OUTCOMES),
      [ATTR_APPROVER_CLASS]: known(approver, APPROVER_CLASSES),
      [ATTR_WAIT_SECONDS]: secondsSince(this.registry.clock, asked.askedMillis),
    });
  }

  private tell(
    { agentId, action, policy }: AskedApproval,
    more: ApprovalEvent,
    severity?: EventSeverity,
  ): void {
    const about = { [ATTR_AGENT_ID]: agentId, [ATTR_ACTION]: action, [ATTR_POLICY]: policy };
    this.registry.events.emit('agent_os.approval', { ...about, ...more }, severity);
  }

  private notCompared(): void {
    this.registry.drops.warn(
      'approvals/params',
      'approvals: the arguments of an action could not be compared with what was approved. They were given on one side ' +
        'only, or are no plain JSON, or too large. Pass them to ask() and to running().',
    );
  }
}

const MOST_WANTED = 1000;

function keyOf({ agentId, action, policy }: Partial<ApprovalQuestion>): string {
  return JSON.stringify([agentId, action, policy].map(String));
}

function verdictOf({ verdict }: WantedApproval): unknown {
  return verdict instanceof WeakRef ? verdict.deref() : verdict;
}

function isObject(verdict: unknown): verdict is object {
  return verdict !== null && typeof verdict === 'object';
}

/** As a label of a closed set would have it: JavaScript gives anything, a name of a person too. */
function known(value: string, values: readonly string[]): string {
  return values.includes(value) ? value : UNKNOWN;
}
