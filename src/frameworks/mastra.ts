import { agentIn, callable, copyWith } from './core/framework-tools.js';
import { ToolGovernor, type Governing, type ToolOptions } from './core/governed-tool.js';
import type { Policy, ToolCall } from './core/policy.js';

export { ToolDeniedError, type Denial } from './core/denial.js';
export type { Governing, GovernOptions, ToolOptions } from './core/governed-tool.js';
export type { Decide, GovernanceClient, Policy, RuleEngine, ToolCall } from './core/policy.js';

/** A tool of Mastra, as far as it is governed. */
export interface MastraTool {
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the host's version of Mastra says
  execute?: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  requireApproval?: any;
}

/** What Mastra gives a tool beside its input: of an agent, at the top or in a member of its own. */
interface ToolContext {
  readonly agentId?: unknown;
  readonly toolCallId?: unknown;
  readonly messages?: unknown;
  readonly agent?: { readonly agentId?: unknown; readonly toolCallId?: unknown };
}

type Execute = (input: unknown, context?: ToolContext) => unknown;
type NeedsApproval = (input: unknown, context?: unknown) => unknown;

/**
 * A tool of Mastra that runs where the policy allows it. A verdict that wants an approval makes an agent wait for it; what is
 * denied is thrown, which the agent tells its model. Mastra asks about approvals before it names the agent, so the policy is
 * asked twice; where it decides by the agent, give `agentId`.
 *
 * @throws TypeError for a policy that is none, and for a tool without `execute`, which runs elsewhere
 */
export function governTool<T extends MastraTool>(
  obs: Governing,
  policy: Policy,
  tool: T,
  options: ToolOptions = {},
): T {
  const governor = new ToolGovernor(obs, policy, options);
  const execute = callable(tool.execute, `the tool ${tool.id} has no execute; it runs elsewhere`) as Execute;
  const { requireApproval } = tool as { requireApproval?: unknown };
  const callOf = (input: unknown, context: unknown): ToolCall =>
    governor.call({
      name: tool.id,
      agent: agentIn((context as ToolContext)?.agent) ?? agentIn(context),
      input,
    });

  // Mastra names no agent here, and hands the tool other arguments than these: the call itself is asked about again.
  const asksApproval: NeedsApproval = async (input, context) => {
    const verdict = await governor.wantsApproval(callOf(input, context));
    if (verdict?.decision === 'require_approval') return true;
    if (verdict?.enforced !== 'allowed') return false;
    return typeof requireApproval === 'function'
      ? Boolean(await (requireApproval as NeedsApproval).call(tool, input, context))
      : requireApproval === true;
  };

  const run: Execute = async (input, context) =>
    governor.run(callOf(input, context), () => Reflect.apply(execute, tool, [input, context]), {
      approved: isOfAgent(context) || undefined,
    });
  return copyWith(tool, { execute: run, requireApproval: asksApproval });
}

/** An agent asks by `requireApproval` about every call, and makes none that nobody has approved. */
function isOfAgent(context: ToolContext | undefined): boolean {
  const { toolCallId, messages, agent } = context ?? {};
  return (toolCallId !== undefined && messages !== undefined) || agent?.toolCallId !== undefined;
}
