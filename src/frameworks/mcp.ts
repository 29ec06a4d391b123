import { callable } from './core/framework-tools.js';
import { ToolDeniedError } from './core/denial.js';
import { ToolGovernor, type Governing, type GovernOptions } from './core/governed-tool.js';
import type { Policy } from './core/policy.js';

export { ToolDeniedError, type Denial } from './core/denial.js';
export type { Governing, GovernOptions } from './core/governed-tool.js';
export type { Decide, GovernanceClient, Policy, RuleEngine, ToolCall } from './core/policy.js';

/** A server of the Model Context Protocol, by either generation of its SDK, as far as it is governed. */
export interface McpServer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the host's version of the SDK says
  registerTool: any;
}

/** A client of the Model Context Protocol, as far as it is governed. */
export interface McpClient {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  callTool: any;
}

/** What a tool answers where it did not run. */
export interface McpDenial {
  readonly isError: true;
  readonly content: { readonly type: 'text'; readonly text: string }[];
}

/** The handle, whose bus carries contexts between processes. */
export interface GoverningMcp extends Governing {
  readonly amb: object;
}

/** What the bus of our handle does for MCP; by the handle, as the code for it is there already. */
interface Carrying {
  readonly mcp?: {
    inject<P extends object>(params: P): P;
    within<T>(request: object, handler: () => T): T;
  };
}

const carrierOf = ({ amb }: GoverningMcp): Carrying['mcp'] => (amb as Carrying | undefined)?.mcp;

type Handler = (...args: never[]) => unknown;
type Call = (this: unknown, ...args: unknown[]) => unknown;

/**
 * The handler of a tool that runs where the policy allows it; what is not allowed is an `isError` result with the reason. The
 * agent is the OAuth client that calls, where the server knows one. What the client was in when it called, as `traceparent`
 * in `_meta` says it, the verdict and the handler are in as well.
 *
 * @param options - `action` names the tool, as the server does; {@link governServer} takes it from there
 * @throws TypeError for a policy that is none, and for a handler that is none
 */
export function governTool<T extends (...args: never[]) => unknown>(
  obs: GoverningMcp,
  policy: Policy,
  tool: T,
  options: GovernOptions & { readonly action: string },
): T {
  const governor = new ToolGovernor(obs, policy, options);
  callable(tool, `the handler of ${options.action} must be a function`);
  const governed = function (this: unknown, ...args: unknown[]): unknown {
    const context = args.at(-1);
    const input = args.length > 1 ? args[0] : {};
    const handle = (): unknown =>
      answered(governor, { agent: clientOf(context), input }, () =>
        Reflect.apply(tool as unknown as Call, this, args),
      );
    const mcp = carrierOf(obs);
    return mcp === undefined ? handle() : mcp.within(context as object, handle);
  };
  // The server looks how many arguments a handler takes.
  Object.defineProperty(governed, 'length', { value: tool.length });
  return governed as unknown as T;
}

/** Governs every tool that is registered on a server from now on, and gives the server back. */
export function governServer<T extends McpServer>(
  obs: GoverningMcp,
  policy: Policy,
  server: T,
  options: Omit<GovernOptions, 'action'> = {},
): T {
  new ToolGovernor(obs, policy, options);
  for (const method of ['registerTool', 'tool'] as const) {
    const register = (server as Readonly<Record<string, unknown>>)[method];
    if (typeof register !== 'function') continue;
    const governing = (action: string, handler: unknown): unknown =>
      typeof handler === 'function'
        ? governTool(obs, policy, handler as Handler, { ...options, action })
        : handler;
    (server as Record<string, unknown>)[method] = function (
      this: unknown,
      action: string,
      ...args: unknown[]
    ) {
      const handler = governing(action, args.at(-1));
      const registered = Reflect.apply(register as Call, this, [action, ...args.slice(0, -1), handler]) as
        { update?: Call } | undefined;
      governUpdates(registered, (callback) => governing(action, callback));
      return registered;
    };
  }
  return server;
}

/** A registered tool may get another handler later. */
function governUpdates(
  registered: { update?: Call } | undefined,
  governing: (handler: unknown) => unknown,
): void {
  const update = registered?.update;
  if (typeof update !== 'function') return;
  registered!.update = function (updates: unknown) {
    const { callback } = (updates ?? {}) as { callback?: unknown };
    const given =
      callback === undefined ? updates : { ...(updates as object), callback: governing(callback) };
    return Reflect.apply(update, registered, [given]);
  };
}

/**
 * A client whose tool calls are asked about first; what is not allowed is never sent, and answered as by a server that
 * denies. All else of it is the client's own. What is sent carries the context of its execution in `_meta`.
 */
export function governClient<T extends McpClient>(
  obs: GoverningMcp,
  policy: Policy,
  client: T,
  options: Omit<GovernOptions, 'action'> = {},
): T {
  const governor = new ToolGovernor(obs, policy, options);
  const mcp = carrierOf(obs);
  const callTool = callable(client.callTool, 'the client must have callTool') as unknown as Call;
  client.callTool = async function (params: { name?: string; arguments?: unknown }, ...rest: unknown[]) {
    return answered(governor, { name: params.name, input: params.arguments ?? {} }, () =>
      Reflect.apply(callTool, client, [mcp?.inject(params) ?? params, ...rest]),
    );
  };
  return client;
}

/** What a tool reports as failed is no exception in MCP; it is counted as one. */
class ToolError extends Error {
  override readonly name = 'ToolError';
  constructor(readonly result: unknown) {
    super();
  }
}

async function answered(
  governor: ToolGovernor,
  about: { name?: string | undefined; agent?: string | undefined; input: unknown },
  run: () => unknown,
): Promise<unknown> {
  try {
    return await governor.run(governor.call(about), async () => {
      const result = await run();
      if ((result as { isError?: unknown } | undefined)?.isError === true) throw new ToolError(result);
      return result;
    });
  } catch (error) {
    if (error instanceof ToolError) return error.result;
    if (error instanceof ToolDeniedError) return denial(error);
    throw error;
  }
}

function denial({ message }: ToolDeniedError): McpDenial {
  return { isError: true, content: [{ type: 'text', text: message }] };
}

/** Of either generation of the SDK. The context is the host's object: reading it may throw. */
function clientOf(context: unknown): string | undefined {
  try {
    const { authInfo, http } = (context ?? {}) as {
      authInfo?: { clientId?: unknown };
      http?: { authInfo?: { clientId?: unknown } };
    };
    const client = authInfo?.clientId ?? http?.authInfo?.clientId;
    return typeof client === 'string' && client !== '' ? client : undefined;
  } catch {
    return undefined;
  }
}
