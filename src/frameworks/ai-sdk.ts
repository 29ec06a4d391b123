import { isThenable } from '../common/outcome.js';
import { ToolGovernor, type Governing, type ToolOptions } from './core/governed-tool.js';
import { agentIn, callable, copyWith, rejecting, remembered, verdictOrNone } from './core/framework-tools.js';
import type { Policy } from './core/policy.js';

export { ToolDeniedError, type Denial } from './core/denial.js';
export type { Governing, GovernOptions, ToolOptions } from './core/governed-tool.js';
export type { Decide, GovernanceClient, Policy, RuleEngine, ToolCall } from './core/policy.js';

/** A tool of the AI SDK, as far as it is governed. */
export interface AiTool {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the host's version of the SDK says
  execute?: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  needsApproval?: any;
}

/** What the AI SDK gives a tool beside its input. */
interface AiToolOptions {
  readonly toolCallId?: string;
  readonly messages?: readonly AiMessage[];
  /** Of version 7. */
  readonly context?: unknown;
  /** Of version 6. */
  readonly experimental_context?: unknown;
}

interface AiMessage {
  readonly role?: unknown;
  readonly content?: unknown;
}

type AiFunction = (input: unknown, options?: AiToolOptions) => unknown;

/** What `toolApproval` of `generateText` may answer. */
export type AiApprovalStatus = { type: 'not-applicable' | 'denied' | 'user-approval'; reason?: never };

/** What `toolApproval` of `generateText` is asked, in version 7. */
export interface AiApprovalQuestion {
  readonly toolCall: { readonly toolName: string; readonly input: unknown };
  readonly runtimeContext?: unknown;
}

/**
 * A tool of the AI SDK (6 or 7) that runs where the policy allows it. A verdict that wants an approval makes the SDK ask for
 * one; what is denied is a tool error, of which the model sees the message.
 *
 * @param options - `action` names the tool, since the SDK does not tell a tool its name; {@link governTools} takes the keys
 * @throws TypeError for a policy that is none, and for a tool without `execute`, which runs elsewhere
 */
export function governTool<T extends AiTool>(
  obs: Governing,
  policy: Policy,
  tool: T,
  options: ToolOptions & { readonly action: string },
): T {
  const governor = new ToolGovernor(obs, policy, options);
  const { needsApproval } = tool as { needsApproval?: unknown };
  const execute = callable(tool.execute, `the tool ${options.action} has no execute; it runs elsewhere`);
  const callOf = (input: unknown, given: AiToolOptions | undefined) =>
    governor.call({ agent: agentIn(given?.context) ?? agentIn(given?.experimental_context), input });

  const asksApproval = async (input: unknown, given?: AiToolOptions): Promise<boolean> => {
    // Whoever has approved is asked no second time; the policy is, before the tool runs.
    if (isApproved(given)) return true;
    const verdict = await verdictOrNone(governor, callOf(input, given));
    // The SDK calls the tool then, which asks once more, and runs by no policy that fails.
    if (verdict === undefined) return false;
    remembered.keep(policy, input, verdict, options.action);
    if (verdict.decision === 'require_approval') return true;
    if (verdict.enforced !== 'allowed') return false;
    return typeof needsApproval === 'function'
      ? Boolean(await (needsApproval as AiFunction).call(tool, input, given))
      : needsApproval === true;
  };

  const run: AiFunction = (input, given) => {
    const call = callOf(input, given);
    const state = {
      known: remembered.take(policy, input, options.action),
      approved: isApproved(given) || undefined,
    };
    let returned: unknown;
    const work = (): unknown => (returned = Reflect.apply(execute, tool, [input, given]) as unknown);
    if (isGenerator(execute)) return governor.stream(call, work as () => AsyncIterable<unknown>, state);
    const output = governor.run(call, work, state);
    if (!isThenable(output)) return output;
    // What the tool's own promise gives is its result, which the SDK would not iterate.
    return output.then((value) => (value === returned ? lastOf(value) : value));
  };
  return copyWith(tool, { execute: rejecting(run), needsApproval: asksApproval });
}

/** All tools of a set by {@link governTool}, each under its key. */
export function governTools<T extends Readonly<Record<string, AiTool>>>(
  obs: Governing,
  policy: Policy,
  tools: T,
  options: Omit<ToolOptions, 'action'> = {},
): T {
  const governed = Object.entries(tools).map(([action, tool]): [string, AiTool] => [
    action,
    governTool(obs, policy, tool, { ...options, action }),
  ]);
  return Object.fromEntries(governed) as T;
}

/**
 * The hook of version 7: `generateText({ toolApproval: governApproval(obs, policy), … })` decides on every tool call, also on
 * those that run elsewhere. What is denied is never called. It measures no execution: for that, {@link governTools}, which
 * asks no second time about a call that was allowed here.
 */
export function governApproval(
  obs: Governing,
  policy: Policy,
  options: Omit<ToolOptions, 'action'> = {},
): (question: AiApprovalQuestion) => Promise<AiApprovalStatus> {
  const governor = new ToolGovernor(obs, policy, options);
  return async ({ toolCall, runtimeContext }) => {
    const call = governor.call({
      name: toolCall.toolName,
      agent: agentIn(runtimeContext),
      input: toolCall.input,
    });
    const verdict = await verdictOrNone(governor, call);
    if (verdict?.enforced === 'allowed') {
      remembered.keep(policy, toolCall.input, verdict, call.action);
      return { type: 'not-applicable' };
    }
    if (verdict?.decision === 'require_approval') return { type: 'user-approval' };
    governor.countRefused(call, verdict);
    return { type: 'denied' };
  };
}

/** Only async generators stream: the SDK looks whether what it got is iterable, before any verdict can be there. */
function isGenerator(execute: object): boolean {
  return execute.constructor.name === 'AsyncGeneratorFunction';
}

/** A stream that waited for its verdict, which the SDK would take for the result: its last value is that. */
async function lastOf(output: unknown): Promise<unknown> {
  if (typeof (output as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] !== 'function')
    return output;
  let last: unknown;
  for await (const value of output as AsyncIterable<unknown>) last = value;
  return last;
}

/** Whether the last message answers the question about this call with a yes, as the SDK reads it before it runs a tool. */
function isApproved(given: AiToolOptions | undefined): boolean {
  const { toolCallId, messages = [] } = given ?? {};
  const last = messages.at(-1);
  if (toolCallId === undefined || last?.role !== 'tool') return false;
  const asked = new Set<unknown>();
  for (const part of messages.flatMap(partsOf))
    if (part.type === 'tool-approval-request' && part.toolCallId === toolCallId) asked.add(part.approvalId);
  return partsOf(last).some(
    ({ type, approved, approvalId }) =>
      type === 'tool-approval-response' && approved === true && asked.has(approvalId),
  );
}

function partsOf({ content }: AiMessage): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(content) ? (content as readonly Readonly<Record<string, unknown>>[]) : [];
}
