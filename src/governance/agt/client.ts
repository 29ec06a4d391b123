import type { AgentMeshClient, GovernanceResult, KillSwitchResult } from '@microsoft/agent-governance-sdk';
import { isThenable, observeReturned } from '../../common/outcome.js';
import type { Agent } from '../core/agent-tracker.js';
import type { GovernanceState } from '../core/governance-state.js';
import { GovernedRequest } from '../core/governed-request.js';
import type { InstancePatch, Method } from '../core/installations.js';
import {
  kernelSeconds,
  recordFailedRequest,
  recordVerdict,
  type RequestVerdict,
} from '../core/request-outcome.js';
import { killOf } from './kill.js';
import { trustOf } from './components-resilience.js';
import { actionLabel, agentOf, EXECUTION_RING, FLAT_RULES } from './labels.js';

/** All of it is optional. */
export interface ClientOptions {
  /**
   * The `policy` label of the client's flat rules.
   * @defaultValue `flat_rules`
   */
  readonly policySet?: string;
}

export function installClient(
  state: GovernanceState,
  client: AgentMeshClient,
  options: ClientOptions,
  patch: InstancePatch,
  followParts: () => void,
): void {
  const requests = new ClientRequests(state, client, options.policySet ?? FLAT_RULES, followParts);
  patch.method('executeWithGovernance', (original, self, args) => requests.run(original, self, args));
}

interface ClientCall {
  readonly request: GovernedRequest;
  readonly action: string;
  readonly startMs: number;
  readonly input: unknown;
  /** The request is the client's own, and not an adapter's. */
  readonly own: boolean;
}

/** The requests that one client answers: its own, and those of an adapter that asks it. */
class ClientRequests {
  private agent: Agent;

  constructor(
    private readonly state: GovernanceState,
    private readonly client: AgentMeshClient,
    private readonly policySet: string,
    /** Looks whether the host has put another part in the place of one. */
    private readonly followParts: () => void,
  ) {
    this.agent = agentOf(client.identity?.did);
  }

  run(original: Method, self: unknown, args: unknown[]): unknown {
    const { telemetry, requests } = this.state;
    telemetry.attempt(() => this.follow());
    const action = actionLabel(args[0]);
    const outer = this.adapterRequest();
    const startMs = telemetry.clock();
    const request = outer ?? this.open(action, startMs);
    request.verdict = 'asked';
    request.client = this.client;
    const call: ClientCall = { request, action, startMs, input: args[1], own: outer === undefined };
    return requests.within(request, performInContext, this, call, original, self, args);
  }

  private follow(): void {
    this.followParts();
    const did = this.client.identity?.did;
    if (did !== this.agent.identity) this.agent = agentOf(did);
  }

  /** The request of an adapter that asks this client, so that the two stay one request. */
  private adapterRequest(): GovernedRequest | undefined {
    const request = this.state.requests.current();
    if (request?.adapter === undefined || request.verdict !== 'unasked') return undefined;
    return request.client === undefined || request.client === this.client ? request : undefined;
  }

  private open(action: string, startMs: number): GovernedRequest {
    const { agentId } = this.agent;
    const span = this.state.telemetry.start((tracer) => tracer.startExecute({ agentId, action }));
    return new GovernedRequest(agentId, startMs, span);
  }

  /** Runs in the request's context, and so does what follows its promise: the span is active without doing more. */
  perform(call: ClientCall, original: Method, self: unknown, args: unknown[]): unknown {
    let result: unknown;
    try {
      result = Reflect.apply(original, self, args);
    } catch (error) {
      this.failed(call, error);
      throw error;
    }
    if (isThenable(result)) return this.settling(call, result);
    this.answered(call, result as GovernanceResult);
    return result;
  }

  private settling(call: ClientCall, result: PromiseLike<unknown>): Promise<unknown> {
    return observeReturned(result, (outcome) => {
      if (outcome.threw) this.failed(call, outcome.error);
      else this.answered(call, outcome.value as GovernanceResult);
    });
  }

  private answered(call: ClientCall, result: GovernanceResult): void {
    const { policySet: policy, state } = this;
    const { agentId, identity } = this.agent;
    const { request, action, startMs, input } = call;
    const durationSeconds = kernelSeconds(state, request, startMs);
    // No spread: on this path it takes longer than all that is recorded.
    const asked = { agentId, identity, action, durationSeconds, policy, input };
    recordVerdict(state, request, verdictOf(state, result, asked));
    this.recordTrust(result);
    // An adapter that has lost sight of its request on the way sees by this that the verdict is counted.
    const unseen = request.adapter === undefined && state.installations.any('adapter');
    if (unseen) state.telemetry.attempt(() => state.counted.add(result));
    if (!call.own) return;
    request.moveTo('ended');
    state.telemetry.end(request.span);
  }

  /** The trust that the verdict was given with. */
  private recordTrust(result: GovernanceResult): void {
    const { telemetry } = this.state;
    try {
      const trust = trustOf(this.client.identity?.did, result.trustScore, this.agent.agentId);
      if (trust !== undefined) telemetry.component?.recordTrust(trust);
    } catch (error) {
      telemetry.failed(error);
    }
  }

  private failed(call: ClientCall, error: unknown): void {
    const { telemetry } = this.state;
    const { request, action, startMs } = call;
    recordFailedRequest(this.state, request, action, kernelSeconds(this.state, request, startMs), error);
    if (!call.own) return;
    request.moveTo('ended');
    telemetry.fail(request.span, error);
  }
}

/** {@link ClientRequests.perform} as a function, so that running it in a context takes no closure. */
function performInContext(requests: ClientRequests, ...args: Parameters<ClientRequests['perform']>): unknown {
  return requests.perform(...args);
}

/** Reads what a client answered. Undefined, with a warning, where it cannot be read. */
export function verdictOf(
  state: GovernanceState,
  result: GovernanceResult,
  asked: Pick<RequestVerdict, 'agentId' | 'identity' | 'action' | 'durationSeconds' | 'policy' | 'input'>,
): RequestVerdict | undefined {
  try {
    const { decision, ringViolation, killSwitchResult, executionTime: reportedMillis } = result;
    const { agentId, identity, action, durationSeconds, policy, input } = asked;
    return {
      agentId,
      identity,
      action,
      decision,
      durationSeconds,
      reportedMillis,
      policy: ringViolation ? EXECUTION_RING : policy,
      ringViolation,
      kill: uncounted(state, killSwitchResult),
      input,
    };
  } catch (error) {
    state.telemetry.failed(error);
    return undefined;
  }
}

/** The kill that an answer tells of, unless the kill switch's own wrapper has counted it. */
function uncounted(state: GovernanceState, result: KillSwitchResult | undefined): RequestVerdict['kill'] {
  return result && !state.counted.has(result) ? killOf(state, result, result.agentId) : undefined;
}
