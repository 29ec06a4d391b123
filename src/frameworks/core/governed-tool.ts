import type { KernelVerbs } from '../../calls/kernel-verbs.js';
import { monotonicClock, secondsSince } from '../../common/clock.js';
import { errorType, isThenable } from '../../common/outcome.js';
import { agentIdOf } from '../../governance/agt/labels.js';
import type {
  AgentMetrics,
  ApprovalMetrics,
  ApprovalQuestion,
  Classify,
  KernelMetrics,
} from '../../instruments/index.js';
import { classifiedVerdict } from '../../instruments/classified.js';
import { UNKNOWN_VERDICT, type ReadVerdict } from '../../instruments/verdict-words.js';
import type { Severity } from '../../semconv/values.js';
import { messageOf, ToolDeniedError, type Denial } from './denial.js';
import { leftOf } from './left-calls.js';
import { agentOfPolicy, askOf, type Ask, type Policy, type ToolCall } from './policy.js';

/** What is recorded with: the handle of `initObservability`, or of the tests. */
export interface Governing extends Pick<KernelVerbs, 'policyCheck' | 'execute'> {
  readonly kernel: Pick<KernelMetrics, 'recordKernelLatency' | 'recordRequest'>;
  readonly agent: Pick<AgentMetrics, 'recordError'>;
  readonly approvals: Pick<ApprovalMetrics, 'recordAnswered' | 'recordRequested'>;
}

/** All of it is optional. */
export interface GovernOptions {
  /**
   * Who calls the tool. Keep it to a bounded set: it is a label.
   * @defaultValue what the framework knows of its agent, or the agent of a governance client, or `unknown`
   */
  readonly agentId?: string;
  /**
   * What the tool is called in metrics, spans and before the policy.
   * @defaultValue its name
   */
  readonly action?: string;
  /**
   * The `policy` label of its checks.
   * @defaultValue `tool_policy`
   */
  readonly policyName?: string;
  /** How grave a denial is. @defaultValue `high` */
  readonly severity?: Severity;
  /** Reads an answer of the policy that is of no known shape. What it does not call `allowed` does not run. */
  readonly classify?: Classify<never>;
  /**
   * Asks somebody, where the policy wants an approval and the framework does not ask by itself: `true` lets the call run.
   * What it throws is thrown on, as LangGraph's `interrupt` does.
   */
  readonly approve?: (call: ToolCall) => boolean | PromiseLike<boolean>;
  /** What the model is told of a denial. @defaultValue names the tool and the kind of refusal */
  readonly message?: (denial: Denial) => string;
}

/** Where the framework asks for approvals itself. */
export type ToolOptions = Omit<GovernOptions, 'approve'>;

/** How a call came to where it is asked about. */
export interface CallState {
  /** What was answered already about this very call. */
  readonly known?: ReadVerdict | undefined;
  /** Asking about it has failed already. */
  readonly failed?: { readonly error: unknown };
  /** What a person has answered, as the framework says; undefined where nobody was asked. */
  readonly approved?: boolean | undefined;
  /** Names the call where the framework leaves while somebody is asked, and calls again once there is an answer. */
  readonly id?: string | undefined;
}

/** One policy around the tools of one framework: the verdict before the call, `kernel.execute` around both. */
export class ToolGovernor {
  private readonly ask: Ask;

  /** @throws TypeError for a handle or a policy that is none */
  constructor(
    private readonly obs: Governing,
    private readonly policy: Policy,
    private readonly options: GovernOptions,
  ) {
    if (typeof (obs as Partial<Governing> | undefined)?.execute !== 'function')
      throw new TypeError('the first argument must be the handle of initObservability');
    this.ask = askOf(policy);
  }

  /** @param framework - what the framework calls its tool and its agent */
  call(framework: { name?: string | undefined; agent?: string | undefined; input: unknown }): ToolCall {
    const { agentId = framework.agent ?? agentOfPolicy(this.policy), action = framework.name } = this.options;
    return { agentId: agentIdOf(agentId), action: action ?? 'unknown', input: framework.input };
  }

  /** The verdict alone, where the framework asks before it calls. @throws what the policy throws */
  verdict(call: ToolCall, approved = false): ReadVerdict | PromiseLike<ReadVerdict> {
    const { agentId, action } = call;
    const { policyName: policy = 'tool_policy', severity, classify } = this.options;
    const read = (answer: unknown): ReadVerdict =>
      classifiedVerdict(answer as never, { classify }) ?? UNKNOWN_VERDICT;
    const own = approved ? (answer: unknown) => enforcedOnApproval(read(answer)) : classify;
    const answer = this.obs.policyCheck<unknown>(
      {
        agentId,
        action,
        policy,
        request: false,
        ...(severity && { severity }),
        ...(own && { classify: own }),
      } as Parameters<KernelVerbs['policyCheck']>[0] & { classify: Classify<unknown> },
      () => this.ask(call),
    );
    return after(answer, read);
  }

  /**
   * Whether the policy wants an approval, asked before a call that is asked about and measured once more. What fails wants
   * none: the call that follows is refused by the same failure.
   */
  async wantsApproval(call: ToolCall): Promise<ReadVerdict | undefined> {
    try {
      const { policyName: policy = 'tool_policy', classify } = this.options;
      const answer = (await this.ask(call)) as never;
      const verdict = classifiedVerdict(answer, { classify });
      if (verdict?.decision === 'require_approval') {
        this.obs.approvals.recordRequested({ policy, verdict: answer });
        this.asks({ policy, verdict: answer });
      }
      return verdict;
    } catch {
      return undefined;
    }
  }

  /**
   * Runs a tool where the policy allows it. What it gives is what the tool gives: a value, a promise, or a stream, each
   * followed to its end. A verdict that is a promise makes the whole one.
   *
   * @throws ToolDeniedError where the tool did not run, else what it throws
   */
  run<T>(call: ToolCall, work: () => T, state: CallState = {}): T | PromiseLike<Awaited<T>> {
    if (this.mayAsk(state))
      return this.settle(call, state.id).then((settled) => this.run(call, work, settled)) as T;
    const judged = new Judged();
    const failed = (error: unknown): never => {
      if (judged.failed) return this.deny(call, judged);
      throw error;
    };
    const judgedWork = () =>
      after(this.judge(call, state, judged), () => (judged.allows ? this.work(call, work) : undefined));
    let result: unknown;
    try {
      result = this.execute(call, judged, judgedWork);
    } catch (error) {
      return failed(error);
    }
    return after(result, (value) => (judged.allows ? (value as T) : this.deny(call, judged)), failed);
  }

  /** The same for a tool that gives its results one by one. Nothing is asked before it is read. */
  async *stream<T>(
    call: ToolCall,
    work: () => AsyncIterable<T>,
    state: CallState = {},
  ): AsyncGenerator<T, void, undefined> {
    const judged = new Judged();
    const { judge, agentFailed } = this.bound;
    const settled = this.mayAsk(state) ? await this.settle(call, state.id) : state;
    async function* within(): AsyncGenerator<T, void, undefined> {
      await judge(call, settled, judged);
      if (!judged.allows) return;
      try {
        yield* work();
      } catch (error) {
        agentFailed(call, error);
        throw error;
      }
    }
    try {
      yield* this.execute(call, judged, within);
    } catch (error) {
      if (!judged.failed) throw error;
    }
    if (!judged.allows) this.deny(call, judged);
  }

  /** Refuses a call by what was answered about it. @throws ToolDeniedError always */
  refuse(call: ToolCall, verdict: ReadVerdict | undefined): never {
    const judged = new Judged();
    judged.verdict = verdict;
    judged.failed = verdict === undefined;
    return this.deny(call, judged);
  }

  /** Counts a call that the framework will not make, as the hook that was asked has refused it. */
  countRefused({ action }: ToolCall, verdict: ReadVerdict | undefined): void {
    const status = verdict === undefined ? 'error' : verdict.enforced === 'denied' ? 'denied' : 'unknown';
    this.obs.kernel.recordRequest({ action, status });
  }

  private mayAsk({ known, failed, approved }: CallState): boolean {
    const isNew = known === undefined && failed === undefined && approved === undefined;
    return isNew && this.options.approve !== undefined;
  }

  /** Before the execution begins: somebody may take days to answer, or the framework leaves, and comes back to ask again. */
  private async settle(call: ToolCall, id: string | undefined): Promise<CallState> {
    const left = leftOf(this.policy);
    const before = left.verdictOn(id);
    let known: ReadVerdict;
    try {
      known = before ?? (await this.verdict(call));
    } catch (error) {
      return { failed: { error } };
    }
    if (known.decision !== 'require_approval') return { known };
    left.keep(id, known);
    const approved = (await this.options.approve?.(call)) === true;
    left.delete(id);
    // The policy that wanted the approval may deny by now; a no needs no second question.
    return before !== undefined && approved ? { approved } : { known, approved };
  }

  /** The question is asked here: none by `approvals.ask` is the same one. */
  private asks(question: Partial<ApprovalQuestion>): void {
    (this.obs.approvals as Partial<ApprovalMetrics>).takeWanted?.(question);
  }

  private execute<T>({ agentId, action }: ToolCall, judged: Judged, run: () => T): T {
    const classify = () => judged.verdict?.enforced ?? 'unknown';
    return this.obs.execute({ agentId, action, classify }, run);
  }

  private judge(call: ToolCall, { known, failed: before, approved }: CallState, judged: Judged): unknown {
    const start = monotonicClock();
    const settled = (verdict: ReadVerdict): void => {
      this.obs.kernel.recordKernelLatency({ durationSeconds: secondsSince(monotonicClock, start) });
      judged.verdict = approved === true ? approvedVerdict(verdict) : verdict;
      if (approved === undefined) return;
      const { agentId, action } = call;
      this.asks({ agentId, action, policy: this.options.policyName ?? 'tool_policy' });
      if (verdict.decision !== 'require_approval') return;
      judged.refused = !approved;
      this.obs.approvals.recordAnswered({ outcome: approved ? 'approved' : 'denied', approver: 'human' });
    };
    const failed = (error: unknown): never => {
      judged.failed = true;
      throw error;
    };
    if (before !== undefined) return failed(before.error);
    if (known !== undefined) return settled(known);
    try {
      return after(this.verdict(call, approved === true), settled, failed);
    } catch (error) {
      return failed(error);
    }
  }

  private work<T>(call: ToolCall, work: () => T): T {
    try {
      return after(
        work(),
        (value) => value,
        (error) => {
          this.agentFailed(call, error);
          throw error;
        },
      ) as T;
    } catch (error) {
      this.agentFailed(call, error);
      throw error;
    }
  }

  private readonly agentFailed = ({ agentId }: ToolCall, error: unknown): void => {
    this.obs.agent.recordError({ agentId, errorType: errorType(error) });
  };

  private readonly bound = { judge: this.judge.bind(this), agentFailed: this.agentFailed };

  private deny({ agentId, action }: ToolCall, { verdict, failed, refused }: Judged): never {
    const decision = verdict?.decision ?? 'unknown';
    const reason = failed
      ? 'policy_failed'
      : decision === 'require_approval'
        ? refused
          ? 'not_approved'
          : 'needs_approval'
        : verdict?.enforced === 'denied'
          ? 'denied'
          : 'undecided';
    const denial: Denial = { agentId, action, decision, reason };
    throw new ToolDeniedError(this.options.message?.(denial) ?? messageOf(denial), denial);
  }
}

/** What became of one call. */
class Judged {
  verdict: ReadVerdict | undefined;
  /** The policy has thrown. */
  failed = false;
  /** Whoever was asked for an approval has said no. */
  refused = false;

  /** Only what is allowed runs: a verdict that is not understood is none. */
  get allows(): boolean {
    return this.verdict?.enforced === 'allowed';
  }
}

/** Whoever wants an approval has it; what is denied, or not understood, stays so. */
function enforcedOnApproval(verdict: ReadVerdict) {
  return verdict.decision === 'require_approval' ? 'allowed' : verdict.enforced;
}

function approvedVerdict(verdict: ReadVerdict): ReadVerdict {
  return { ...verdict, enforced: enforcedOnApproval(verdict) };
}

/** Goes on with a value now, or with that of a promise when it settles. */
export function after<T, R>(
  value: T | PromiseLike<T>,
  then: (value: T) => R,
  failed?: (error: unknown) => R,
): R | PromiseLike<Awaited<R>> {
  if (!isThenable(value)) return then(value);
  return value.then(then, failed) as PromiseLike<Awaited<R>>;
}
