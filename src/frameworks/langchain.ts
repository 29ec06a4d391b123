import { ToolDeniedError } from './core/denial.js';
import { agentIn, callable, copyWith } from './core/framework-tools.js';
import { ToolGovernor, type Governing, type GovernOptions } from './core/governed-tool.js';
import type { Policy } from './core/policy.js';

export { ToolDeniedError, type Denial } from './core/denial.js';
export type { Governing, GovernOptions } from './core/governed-tool.js';
export type { Decide, GovernanceClient, Policy, RuleEngine, ToolCall } from './core/policy.js';

/** A tool of LangChain, as far as it is governed. */
export interface LangChainTool {
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the host's version of LangChain says
  invoke: any;
}

/** A tool call that passes a middleware of `createAgent`. */
export interface LangChainRequest {
  readonly toolCall: { readonly name: string; readonly args?: unknown };
  readonly runtime?: unknown;
}

/** The middleware of `createAgent`, as far as it wraps tool calls. */
export interface LangChainMiddleware {
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the request and its answer are LangChain's own
  wrapToolCall(this: void, request: any, handler: (request: any) => any): Promise<any>;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

interface ToolInternals {
  readonly name: string;
  readonly invoke: Method;
  readonly _call?: Method;
  readonly responseFormat?: unknown;
}

/** What a tool says where it did not run, on its way through LangChain. */
interface Refusal {
  error: ToolDeniedError | undefined;
}

/**
 * A tool of LangChain or LangGraph that runs where the policy allows it. What is denied is a ToolMessage with status `error`
 * where a model has called it, and a ToolDeniedError where the host has. For approvals, give `approve`: with LangGraph,
 * `approve: ({ action }) => interrupt({ action }) === true`.
 *
 * @throws TypeError for a policy that is none, and for a tool that is none
 */
export function governTool<T extends LangChainTool>(
  obs: Governing,
  policy: Policy,
  tool: T,
  options: GovernOptions = {},
): T {
  const governor = new ToolGovernor(obs, policy, options);
  const { invoke, _call: run, responseFormat, name } = tool as unknown as ToolInternals;
  callable(invoke, `the tool ${name} has no invoke`);
  callable(run, `the tool ${name} has no _call; give a tool, not a runnable`);

  const governedInvoke = async (input: unknown, config?: unknown): Promise<unknown> => {
    const refusal: Refusal = { error: undefined };
    const call = async (args: unknown, manager: unknown, given: unknown): Promise<unknown> => {
      const about = governor.call({ name, agent: agentOfConfig(given), input: args });
      try {
        const work = () => Reflect.apply(run as Method, tool, [args, manager, given]);
        return await governor.run(about, work, { id: idOf(given) });
      } catch (error) {
        if (!(error instanceof ToolDeniedError)) throw error;
        refusal.error = error;
        return responseFormat === 'content_and_artifact' ? [error.message, undefined] : error.message;
      }
    };
    // A tool of this one call: its refusal is nobody else's.
    const output = await Reflect.apply(invoke, copyWith(tool, { invoke, _call: call }), [input, config]);
    return refusal.error === undefined ? output : refused(output, refusal.error);
  };
  return copyWith(tool, { invoke: governedInvoke });
}

/**
 * A middleware of `createAgent` that governs the calls of all tools of the agent, also of those that other middleware adds:
 * `createAgent({ middleware: [governMiddleware(obs, policy)], … })`.
 */
export function governMiddleware(
  obs: Governing,
  policy: Policy,
  options: Omit<GovernOptions, 'action'> = {},
): LangChainMiddleware {
  const governor = new ToolGovernor(obs, policy, options);
  return {
    name: 'AgentOsGovernance',
    async wrapToolCall(request: LangChainRequest, handler: (request: LangChainRequest) => unknown) {
      const { name, args } = request.toolCall;
      const call = governor.call({ name, agent: agentOfConfig(request.runtime), input: args ?? {} });
      try {
        return await governor.run(call, () => handler(request), {
          id: idOf(request.runtime, request.toolCall),
        });
      } catch (error) {
        if (!(error instanceof ToolDeniedError)) throw error;
        // LangChain makes the message: it is of a class that only it has.
        const denied = { name, invoke: async () => error.message };
        return refused(await handler({ ...request, tool: denied } as LangChainRequest), error);
      }
    },
  };
}

/** A message says that it is an error; where there is none, the host has called, and gets the error itself. */
function refused(output: unknown, error: ToolDeniedError): unknown {
  if (output === null || typeof output !== 'object' || (output as { type?: unknown }).type !== 'tool')
    throw error;
  const message = output as { status?: string; lc_kwargs?: { status?: string } };
  message.status = 'error';
  if (message.lc_kwargs) message.lc_kwargs.status = 'error';
  return message;
}

/** The same each time that a graph comes to this call, whatever has interrupted it; undefined outside of a thread. */
function idOf(
  config: unknown,
  toolCall = (config as { toolCall?: unknown } | undefined)?.toolCall,
): string | undefined {
  const { configurable } = (config ?? {}) as { configurable?: { thread_id?: unknown } };
  const call = (toolCall as { id?: unknown } | undefined)?.id;
  const thread = configurable?.thread_id;
  return typeof call === 'string' && typeof thread === 'string' ? `${thread}/${call}` : undefined;
}

/** Of the run's context, or of what can be configured. */
function agentOfConfig(config: unknown): string | undefined {
  const { context, configurable } = (config ?? {}) as { context?: unknown; configurable?: unknown };
  return agentIn(context) ?? agentIn(configurable);
}
