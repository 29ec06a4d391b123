import type { ReadVerdict } from '../instruments/verdict-words.js';
import { ToolDeniedError } from './core/denial.js';
import { agentIn, callable, copyWith, remembered, verdictOrNone } from './core/framework-tools.js';
import { ToolGovernor, type Governing, type ToolOptions } from './core/governed-tool.js';
import type { Policy, ToolCall } from './core/policy.js';

export { ToolDeniedError, type Denial } from './core/denial.js';
export type { Governing, GovernOptions, ToolOptions } from './core/governed-tool.js';
export type { Decide, GovernanceClient, Policy, RuleEngine, ToolCall } from './core/policy.js';

/** A function tool of @openai/agents, or the options of one, as far as it is governed. */
export interface AgentsTool {
  readonly name?: string | undefined;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the host's version of the SDK says
  execute?: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  invoke?: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  needsApproval?: any;
}

/** What a tool guardrail of @openai/agents is asked. */
export interface AgentsGuardrailData {
  readonly context: unknown;
  readonly agent?: { readonly name?: string };
  readonly toolCall: { readonly name?: string; readonly callId?: string; readonly arguments?: unknown };
}

/** A tool guardrail of @openai/agents. */
export interface AgentsGuardrail {
  readonly type: 'tool_input';
  readonly name: string;
  run(
    this: void,
    data: AgentsGuardrailData,
  ): Promise<{ behavior: { type: 'allow' } | { type: 'rejectContent'; message: string } }>;
}

/** The run of an agent, as far as it is asked. */
interface RunContext {
  readonly context?: unknown;
  isToolApproved?(approval: { toolName: string; callId: string }): boolean | undefined;
}
interface Details {
  readonly toolCall?: { readonly callId?: string };
}

type Execute = (input: unknown, run: RunContext, details?: Details) => unknown;
type Invoke = (run: RunContext, input: string, details?: Details) => unknown;
type NeedsApproval = (run: RunContext, input: unknown, callId?: string) => unknown;

/**
 * A function tool of @openai/agents that runs where the policy allows it: the options that `tool()` takes, or what it gives.
 * Give it the options: a tool that is made already answers its own failures as results, which count as successes. A verdict
 * that wants an approval interrupts the run until somebody approves; what is denied is answered with the reason, for the
 * model to see.
 *
 * @throws TypeError for a policy that is none, and for a tool that is no function tool
 */
export function governTool<T extends AgentsTool>(
  obs: Governing,
  policy: Policy,
  tool: T,
  options: ToolOptions = {},
): T {
  const governor = new ToolGovernor(obs, policy, options);
  const { needsApproval } = tool as { needsApproval?: unknown };
  const ofOptions = typeof tool.execute === 'function';
  const missing = `the tool ${tool.name ?? ''} has no execute; it runs elsewhere`;
  const work = callable(ofOptions ? tool.execute : tool.invoke, missing);
  const name = tool.name ?? work.name;
  const callOf = (run: RunContext | undefined, input: unknown): ToolCall =>
    governor.call({ name, agent: agentIn(run?.context), input });

  const asksApproval: NeedsApproval = async (run, input, callId) => {
    // Whoever has approved is asked no second time; the policy is, before the tool runs.
    if (isApproved(run, name, callId)) return true;
    const known = callId === undefined ? undefined : remembered.take(policy, run, keyOf(name, callId));
    const verdict = known ?? (await verdictOrNone(governor, callOf(run, input)));
    // The tool is called then, which asks once more, and runs by no policy that fails.
    if (verdict === undefined) return false;
    if (verdict.decision === 'require_approval') return true;
    if (callId !== undefined) remembered.keep(policy, run, verdict, keyOf(name, callId));
    if (verdict.enforced !== 'allowed') return false;
    return typeof needsApproval === 'function'
      ? Boolean(await (needsApproval as NeedsApproval).call(tool, run, input, callId))
      : needsApproval === true;
  };

  const governed = async (
    run: RunContext,
    input: unknown,
    details: Details | undefined,
    go: () => unknown,
  ) => {
    const callId = details?.toolCall?.callId;
    const known = callId === undefined ? undefined : remembered.take(policy, run, keyOf(name, callId));
    const approved = isApproved(run, name, callId) || undefined;
    try {
      return await governor.run(callOf(run, input), go, { known, approved });
    } catch (error) {
      if (error instanceof ToolDeniedError) return error.message;
      throw error;
    }
  };
  const execute: Execute = (input, run, details) =>
    governed(run, input, details, () => (work as Execute).call(tool, input, run, details));
  const invoke: Invoke = (run, input, details) =>
    governed(run, parsed(input), details, () => (work as Invoke).call(tool, run, input, details));
  return copyWith(tool, { ...(ofOptions ? { execute } : { invoke }), needsApproval: asksApproval });
}

/**
 * A guardrail that decides on the calls of whatever tool it is given to: `tool({ inputGuardrails: [governGuardrail(obs, policy)],
 * … })`. What is denied is never called, and the model sees the reason. It measures no execution: for that, {@link governTool},
 * which asks no second time about a call that was allowed here.
 */
export function governGuardrail(obs: Governing, policy: Policy, options: ToolOptions = {}): AgentsGuardrail {
  const governor = new ToolGovernor(obs, policy, options);
  return {
    type: 'tool_input',
    name: options.policyName ?? 'tool_policy',
    async run({ context, agent, toolCall }) {
      const input = parsed(toolCall.arguments);
      const named = agentIn((context as RunContext | undefined)?.context) ?? agent?.name;
      const call = governor.call({ name: toolCall.name, agent: named, input });
      const verdict = await verdictOrNone(governor, call);
      if (verdict?.enforced === 'allowed') {
        if (toolCall.callId !== undefined)
          remembered.keep(policy, context, verdict, keyOf(call.action, toolCall.callId));
        return { behavior: { type: 'allow' } };
      }
      governor.countRefused(call, verdict);
      return { behavior: { type: 'rejectContent', message: refusal(governor, call, verdict) } };
    },
  };
}

function refusal(governor: ToolGovernor, call: ToolCall, verdict: ReadVerdict | undefined): string {
  try {
    return governor.refuse(call, verdict);
  } catch (error) {
    return (error as Error).message;
  }
}

const keyOf = (name: string, callId: string): string => `${callId}/${name}`;

function isApproved(run: RunContext | undefined, toolName: string, callId: string | undefined): boolean {
  if (callId === undefined || typeof run?.isToolApproved !== 'function') return false;
  return run.isToolApproved({ toolName, callId }) === true;
}

/** The arguments as the policy reads them; what is no JSON is left as the model wrote it. */
function parsed(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}
