import type {
  AgentMeshClient,
  FrameworkAdapterResult,
  FrameworkInvocation,
  FrameworkInvocationHandle,
  FrameworkInvocationOutcome,
  GenericFrameworkAdapter,
  GovernanceResult,
} from '@microsoft/agent-governance-sdk';
import { errorType } from '../../common/outcome.js';
import { UNKNOWN } from '../../semconv/values.js';
import { clientOf } from './labels.js';
import { agentIdOf } from './labels.js';
import type { GovernanceState } from './governance-state.js';
import { GovernedRequest } from '../core/governed-request.js';
import { InstancePatch, type Method } from '../core/instance-patch.js';
import { DENIED, endingOfHandler, endingOfOutcome, endInvocation, type Ending } from './invocation-ending.js';
import { observe } from '../../common/outcome.js';
import { FLAT_RULES } from './policy-verdict.js';
import { recordFailedRequest, recordVerdict } from './request-verdict.js';

/** All of it is optional. */
export interface AdapterOptions {
  /**
   * The agent that runs through the adapter: its id or DID. The client's own requests keep the client's id.
   * @defaultValue the id of the adapter's client
   */
  readonly agentId?: string;
}

/** The policy label where a caller claims to be another agent than the client's. */
const AGENT_IDENTITY = 'agent_identity';

export function installAdapter(
  state: GovernanceState,
  adapter: GenericFrameworkAdapter,
  options: AdapterOptions,
  patch: InstancePatch,
): void {
  const invocations = new Invocations(state, adapter, options);
  patch.method('run', (original, self, args) => invocations.run(original, self, args));
  patch.method('beginInvocation', (original, self, args) => invocations.begin(original, self, args));
}

/** The invocations of one adapter. Each is a `kernel.execute` from the request to the end of the action. */
class Invocations {
  private readonly agentId: string;
  private readonly client: AgentMeshClient | undefined;

  constructor(
    private readonly state: GovernanceState,
    private readonly adapter: GenericFrameworkAdapter,
    options: AdapterOptions,
  ) {
    this.client = clientOf(adapter);
    this.agentId = agentIdOf(options.agentId ?? this.client?.identity?.did);
  }

  run(original: Method, self: unknown, args: unknown[]): unknown {
    const [invocation, handler, ...rest] = args;
    const request = this.open(invocation);
    const call =
      typeof handler === 'function' ? [invocation, watched(request, handler as Method), ...rest] : args;
    return observe(
      () => this.state.requests.within(request, () => Reflect.apply(original, self, call)),
      (result) => this.ended(request, () => this.ran(request, invocation, result as FrameworkAdapterResult)),
      (error) => this.ended(request, () => this.broke(request, invocation, error)),
    );
  }

  begin(original: Method, self: unknown, args: unknown[]): unknown {
    const outer = this.state.requests.current();
    const inRun = outer !== undefined && outer.adapter === this.adapter && !outer.begun;
    const [invocation] = args;
    const request = inRun ? outer : this.open(invocation);
    request.begun = true;
    return observe(
      () => this.state.requests.within(request, () => Reflect.apply(original, self, args)),
      (handle) => {
        request.open = false;
        this.state.telemetry.attempt(() => {
          this.decided(request, invocation, handle as FrameworkInvocationHandle);
          if (!inRun) this.follow(request, invocation, handle as FrameworkInvocationHandle);
        });
      },
      (error) => {
        request.open = false;
        if (!inRun) this.ended(request, () => this.broke(request, invocation, error));
      },
    );
  }

  private open(invocation: unknown): GovernedRequest {
    const { telemetry } = this.state;
    const { agentId } = this;
    const startMs = telemetry.clock();
    const span = telemetry.start((tracer) =>
      tracer.startExecute({ agentId, action: askedAction(invocation) }),
    );
    const request = new GovernedRequest(agentId, startMs, span, this.adapter);
    request.client = this.client;
    return request;
  }

  /** Counts the verdict, unless the client has: it was not asked where the caller claimed to be another agent. */
  private decided(
    request: GovernedRequest,
    invocation: unknown,
    decided: { readonly governanceResult: GovernanceResult },
  ): void {
    const { state, agentId } = this;
    const { action = UNKNOWN } = decided as unknown as { action?: string };
    const { governanceResult: result } = decided;
    request.action = action;
    if (request.counted || state.counted.has(result)) return;
    const durationSeconds = state.telemetry.secondsSince(request.startMs);
    const policy = state.installations.has(this.client) ? AGENT_IDENTITY : FLAT_RULES;
    const { input } = invocation as FrameworkInvocation;
    recordVerdict(state, request, { agentId, action, result, durationSeconds, policy, input });
  }

  /** An invocation that the host itself completes: it ends then, or at once where it is denied. */
  private follow(request: GovernedRequest, invocation: unknown, handle: FrameworkInvocationHandle): void {
    const { governanceResult: verdict, reason } = handle;
    const { input } = invocation as FrameworkInvocation;
    const end = (ending: Ending, output?: unknown): void =>
      this.ended(request, () =>
        endInvocation(this.state, request, ending, { verdict, reason, input, output }),
      );
    if (!handle.allowed) return end(DENIED);
    new InstancePatch(handle).method('complete', (original, self, args) =>
      observe(
        () => Reflect.apply(original, self, args),
        () => {
          const outcome = args[0] as FrameworkInvocationOutcome | undefined;
          end(endingOfOutcome(outcome), outcome?.output);
        },
        (error) => end({ status: 'error', failure: { error } }),
      ),
    );
  }

  private ran(request: GovernedRequest, invocation: unknown, result: FrameworkAdapterResult): void {
    const { governanceResult: verdict, output, reason } = result;
    const { input } = invocation as FrameworkInvocation;
    this.decided(request, invocation, result);
    const ending = result.allowed ? endingOfHandler(request.failure, result.error) : DENIED;
    endInvocation(this.state, request, ending, { verdict, reason, input, output });
  }

  private broke(request: GovernedRequest, invocation: unknown, error: unknown): void {
    request.action ??= askedAction(invocation);
    if (!request.counted) {
      const durationSeconds = this.state.telemetry.secondsSince(request.startMs);
      recordFailedRequest(this.state, request, request.action, durationSeconds);
    }
    const agentErrorType = request.failure && errorType(request.failure.error);
    endInvocation(this.state, request, { status: 'error', failure: { error }, agentErrorType }, undefined);
  }

  /** Ends a request once; whatever goes wrong, its span ends. */
  private ended(request: GovernedRequest, end: () => void): void {
    if (request.ended) return;
    request.ended = true;
    request.open = false;
    this.state.telemetry.attempt(end);
    this.state.telemetry.end(request.span);
  }
}

/** The handler, with what it throws noted on the way: the adapter keeps no more than its text. */
function watched(request: GovernedRequest, handler: Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    return observe(
      () => Reflect.apply(handler, this, args),
      () => undefined,
      (error) => {
        request.failure = { error };
      },
    );
  };
}

/** The action, as far as the caller names it; the adapter resolves the rest. */
function askedAction(invocation: unknown): string {
  const action = (invocation as FrameworkInvocation | undefined)?.action;
  return typeof action === 'string' ? action : UNKNOWN;
}
