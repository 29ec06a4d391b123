import { ROOT_CONTEXT } from '@opentelemetry/api';
import { activeContext, dropCall, followedCall, isFunction } from '../instruments/host-calls.js';
import { callInContext } from '../tracing/active-context.js';
import type { AmbCalls } from './amb-calls.js';

/** The part of the handle that knows how contexts are carried. */
export interface CarryingContext {
  readonly amb: AmbCalls;
}

/** {@link injectMcp} and {@link withMcpContext} of one handle. */
export interface McpCarrier {
  inject<P extends object>(params: P): P;
  within<T>(request: object, handler: () => T): T;
}

const INJECT = 'injectMcp';
const WITH_CONTEXT = 'withMcpContext';

/**
 * The params of a request of the Model Context Protocol, with the active context in `_meta`, as `traceparent`, `tracestate`
 * and `baggage`. A copy: what was given stays as it is. Never throws.
 * https://modelcontextprotocol.io/seps/414
 *
 * @example
 * ```ts
 * const params = injectMcp(obs, { name: 'read_file', arguments: { path: 'claims.txt' } }); // for client.callTool(params)
 * ```
 */
export function injectMcp<P extends object>(obs: CarryingContext, params: P): P {
  try {
    const { _meta: meta } = params as { _meta?: object };
    const carrier = { ...meta };
    obs.amb.contexts.inject(activeContext() ?? ROOT_CONTEXT, { carrier }, INJECT);
    const isEmpty = meta === undefined && Object.keys(carrier).length === 0;
    return isEmpty ? params : { ...params, _meta: carrier };
  } catch (error) {
    dropCall(obs?.amb, INJECT, error);
    return params;
  }
}

/**
 * Runs what handles a request of the Model Context Protocol in the context that the client has put into `_meta`. The request
 * is what the server gives a handler: the request itself, or what it calls `extra` or `ctx`. Adds nothing that throws.
 *
 * @example
 * ```ts
 * const readFile = (args: { path: string }, extra: object) => withMcpContext(obs, extra, () => run(args.path));
 * ```
 */
export function withMcpContext<T>(obs: CarryingContext, request: object, handler: () => T): T {
  if (!isFunction(obs?.amb, WITH_CONTEXT, handler)) return undefined as T;
  const outer = activeContext() ?? ROOT_CONTEXT;
  let inner = outer;
  try {
    const carrier = metaOf(request);
    const { contexts } = obs.amb;
    if (carrier !== undefined) inner = contexts.extractOver(outer, { carrier }, WITH_CONTEXT);
  } catch (error) {
    dropCall(obs?.amb, WITH_CONTEXT, error);
  }
  const followed = (): T => followedCall(obs?.amb, WITH_CONTEXT, handler, () => {});
  return callInContext(inner, followed, []);
}

/** Of either generation of the SDK, and of a bare request. */
function metaOf(request: object): object | undefined {
  const { _meta, params, mcpReq } = (request ?? {}) as Readonly<Record<string, { _meta?: object } & object>>;
  return _meta ?? params?._meta ?? mcpReq?._meta;
}
