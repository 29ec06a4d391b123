import type {
  AgentMeshClient,
  FrameworkAdapterResult,
  FrameworkInvocation,
  FrameworkInvocationHandle,
  FrameworkInvocationOutcome,
  GenericFrameworkAdapter,
  GovernanceResult,
} from '@microsoft/agent-governance-sdk';
import { errorType, observe } from '../../common/outcome.js';
import { UNKNOWN } from '../../semconv/values.js';
import type { Agent } from '../core/agent-tracker.js';
import type { GovernanceState } from '../core/governance-state.js';
import { GovernedRequest } from '../core/governed-request.js';
import { InstancePatch, type Method } from '../core/installations.js';
import {
  DENIED,
  endingOfHandler,
  kernelSeconds,
  recordFailedRequest,
  recordInvocation,
  recordVerdict,
  reportedError,
  SUCCESS,
  type Ending,
} from '../core/request-outcome.js';
import { whenComplete } from '../core/streamed-output.js';
import { verdictOf } from './client.js';
import { actionLabel, agentOf, AGENT_IDENTITY, FLAT_RULES } from './labels.js';

/** All of it is optional. */
export interface AdapterOptions {
  /**
   * The agent that runs through the adapter: its id or DID. The client's own requests keep the client's id.
   * @defaultValue the id of the adapter's client
   */
  readonly agentId?: string;
}

export function installAdapter(
  state: GovernanceState,
  adapter: GenericFrameworkAdapter,
  options: AdapterOptions,
  patch: InstancePatch,
  followParts: () => void,
): void {
  const invocations = new Invocations(state, adapter, options, followParts);
  patch.method('run', (original, self, args) => invocations.run(original, self, args));
  patch.method('beginInvocation', (original, self, args) => invocations.begin(original, self, args));
}

/** The invocations of one adapter. Each is a `kernel.execute` from the request to the end of the action. */
class Invocations {
  private agent: Agent;
  private client: AgentMeshClient | undefined;
  private judged: Method | undefined;
  private isSdks = false;

  constructor(
    private readonly state: GovernanceState,
    private readonly adapter: GenericFrameworkAdapter,
    private readonly options: AdapterOptions,
    /** Looks whether the host has put another client in the place of the adapter's. */
    private readonly followParts: () => void,
  ) {
    this.client = clientOf(adapter);
    this.agent = this.agentNow();
  }

  private agentNow(): Agent {
    return agentOf(this.options.agentId ?? this.client?.identity?.did);
  }

  private followClient(): void {
    const client = clientOf(this.adapter);
    if (client === this.client) return;
    this.followParts();
    this.client = client;
    this.agent = this.agentNow();
  }

  run(original: Method, self: unknown, args: unknown[]): unknown {
    const [invocation, handler, ...rest] = args;
    const request = this.open(invocation);
    const call = this.mayWatch(original, handler)
      ? [invocation, lookingLike(handler, watched(request, handler)), ...rest]
      : args;
    return observe(
      () => this.state.requests.within(request, () => Reflect.apply(original, self, call)),
      (result) => this.returned(request, invocation, result as FrameworkAdapterResult),
      (error) => this.ended(request, () => this.broke(request, invocation, error)),
    );
  }

  begin(original: Method, self: unknown, args: unknown[]): unknown {
    const outer = this.state.requests.current();
    const inRun = outer !== undefined && outer.adapter === this.adapter && outer.phase === 'opened';
    const [invocation] = args;
    const request = inRun ? outer : this.open(invocation);
    request.moveTo('begun');
    return observe(
      () => this.state.requests.within(request, () => Reflect.apply(original, self, args)),
      (handle) => {
        request.moveTo('answered');
        this.state.telemetry.attempt(() => {
          this.decided(request, invocation, handle as FrameworkInvocationHandle);
          if (!inRun) this.follow(request, invocation, handle as FrameworkInvocationHandle);
        });
      },
      (error) => {
        request.moveTo('answered');
        if (!inRun) this.ended(request, () => this.broke(request, invocation, error));
      },
    );
  }

  /**
   * Whether the handler may be watched for what it throws: where the SDK's own `run` is called, which only calls it. An
   * override, a spy or another patch gets the handler itself, and of an error no more is known than what `run` says.
   */
  private mayWatch(run: Method, handler: unknown): handler is Method {
    if (typeof handler !== 'function') return false;
    if (run !== this.judged) {
      this.judged = run;
      this.isSdks = isFirstOf(this.adapter, 'run', run);
    }
    return this.isSdks;
  }

  private open(invocation: unknown): GovernedRequest {
    const { telemetry } = this.state;
    telemetry.attempt(() => this.followClient());
    const { agentId } = this.agent;
    const startMs = telemetry.clock();
    const span = telemetry.start((tracer) =>
      tracer.startExecute({ agentId, action: askedAction(invocation) }),
    );
    const request = new GovernedRequest(agentId, startMs, span, this.adapter);
    request.client = this.client;
    return request;
  }

  /** Counts the verdict, unless the client has. The client is not asked where the caller claims to be another agent. */
  private decided(request: GovernedRequest, invocation: unknown, decided: Decided): void {
    const { state, agent } = this;
    const { governanceResult } = decided;
    const { action = UNKNOWN } = decided as { action?: string }; // private in the type of a handle
    request.action = action;
    if (request.verdict === 'counted') return;
    if (state.counted.has(governanceResult)) {
      request.verdict = 'counted'; // as a request of the client's own, which had lost sight of this one
      return;
    }
    const durationSeconds = kernelSeconds(state, request, request.startMs);
    const policy = state.installations.has(this.client) ? AGENT_IDENTITY : FLAT_RULES;
    const { input } = invocation as FrameworkInvocation;
    const { agentId, identity } = agent;
    const asked = { agentId, identity, action, durationSeconds, policy, input };
    recordVerdict(state, request, verdictOf(state, governanceResult, asked));
  }

  /** An invocation that the host itself completes: it ends then, or at once where it is denied. */
  private follow(request: GovernedRequest, invocation: unknown, handle: FrameworkInvocationHandle): void {
    const { governanceResult, reason } = handle;
    const { input } = invocation as FrameworkInvocation;
    const end = (ending: Ending, output?: unknown): void => {
      this.state.begun.unregister(request);
      this.ended(request, () => {
        const decision = governanceResult?.decision;
        recordInvocation(this.state, request, ending, { decision, reason, input, output });
      });
    };
    if (!handle.allowed) return end(DENIED);
    this.state.begun.register(handle, request, request);
    new InstancePatch(handle).method('complete', (original, self, args) =>
      observe(
        () => Reflect.apply(original, self, args),
        () => {
          const outcome = args[0] as FrameworkInvocationOutcome | undefined;
          const ending = endingOfOutcome(outcome);
          const output = outcome?.output;
          if (ending !== SUCCESS) end(ending, output);
          else whenComplete(this.state, request, output, (streamed) => end(streamed ?? ending, output));
        },
        (error) => end({ status: 'error', failure: { error } }),
      ),
    );
  }

  /** The request ends with what its handler gave, which may be a stream. Its verdict counts at once. */
  private returned(request: GovernedRequest, invocation: unknown, result: FrameworkAdapterResult): void {
    const { telemetry } = this.state;
    telemetry.attempt(() => this.decided(request, invocation, result));
    const output = telemetry.attempt(() => result.output);
    whenComplete(this.state, request, output, (streamed) =>
      this.ended(request, () => this.ran(request, invocation, result, streamed)),
    );
  }

  private ran(
    request: GovernedRequest,
    invocation: unknown,
    result: FrameworkAdapterResult,
    streamed: Ending | undefined,
  ): void {
    const { governanceResult, output, reason } = result;
    const { input } = invocation as FrameworkInvocation;
    const ended = streamed ?? endingOfHandler(request.failure, result.error);
    const ending = result.allowed ? ended : DENIED;
    const decision = governanceResult?.decision;
    recordInvocation(this.state, request, ending, { decision, reason, input, output });
  }

  private broke(request: GovernedRequest, invocation: unknown, error: unknown): void {
    request.action ??= askedAction(invocation);
    if (request.verdict !== 'counted') {
      const durationSeconds = kernelSeconds(this.state, request, request.startMs);
      recordFailedRequest(this.state, request, request.action, durationSeconds, error);
    }
    const agentErrorType = request.failure && errorType(request.failure.error);
    recordInvocation(this.state, request, { status: 'error', failure: { error }, agentErrorType }, undefined);
  }

  /** Ends a request once; whatever goes wrong, its span ends. */
  private ended(request: GovernedRequest, end: () => void): void {
    if (!request.moveTo('ended')) return;
    this.state.telemetry.attempt(end);
    this.state.telemetry.end(request.span);
  }
}

/** What an invocation got as its verdict: the handle, or the result of `run`. */
interface Decided {
  readonly governanceResult: GovernanceResult;
}

/** The client an adapter asks. The SDK's types hide it; an adapter of another make may not have one. */
export function clientOf(adapter: GenericFrameworkAdapter): AgentMeshClient | undefined {
  const { client } = adapter as unknown as { client?: AgentMeshClient };
  return typeof client?.executeWithGovernance === 'function' ? client : undefined;
}

/** The action, as far as the caller names it; the adapter resolves the rest. */
function askedAction(invocation: unknown): string {
  return actionLabel((invocation as FrameworkInvocation | undefined)?.action);
}

/** Whether a method is the first of its name on the prototypes, and as a class declares it: an async one with nothing on it. */
function isFirstOf(instance: object, name: string, method: Method): boolean {
  let first: unknown;
  for (let one: object | null = instance; one !== null; one = Object.getPrototypeOf(one) as object | null) {
    const property = Object.getOwnPropertyDescriptor(one, name);
    if (property !== undefined) first = property.value;
  }
  const declared = method.constructor.name === 'AsyncFunction' && Reflect.ownKeys(method).length === 2;
  return first === method && declared;
}

/** A stand-in for the handler of which everything can be read that can be read of the handler. */
function lookingLike(handler: Method, standIn: Method): Method {
  return new Proxy(handler, { apply: (_handler, self, args) => Reflect.apply(standIn, self, args) });
}

/** The handler, with what it throws kept: the adapter keeps no more than its text. */
function watched(request: GovernedRequest, handler: Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    return observe(
      () => request.runAction(() => Reflect.apply(handler, this, args)),
      () => undefined,
      (error) => {
        request.failure = { error };
      },
    );
  };
}

/** The ending that a host reports to `complete()`. It says no more of an error than its text. */
function endingOfOutcome(outcome: FrameworkInvocationOutcome | undefined): Ending {
  const { error, status = error ? 'error' : 'ok' } = outcome ?? {};
  if (status === 'ok') return SUCCESS;
  return reportedError(error ?? status, status === 'timeout' ? 'timeout' : UNKNOWN);
}
