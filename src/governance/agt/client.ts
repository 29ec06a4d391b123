import type { AgentMeshClient, GovernanceResult } from '@microsoft/agent-governance-sdk';
import { isThenable, observeSettlement } from '../../common/outcome.js';
import { UNKNOWN } from '../../semconv/values.js';
import type { ManualSpan } from '../../tracing/index.js';
import { agentIdOf } from './labels.js';
import type { GovernanceState } from './governance-state.js';
import { GovernedRequest } from '../core/governed-request.js';
import type { InstancePatch, Method } from '../core/instance-patch.js';
import { FLAT_RULES } from './policy-verdict.js';
import { recordFailedRequest, recordVerdict } from './request-verdict.js';

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
): void {
  const requests = new ClientRequests(state, client, options.policySet ?? FLAT_RULES);
  patch.method('executeWithGovernance', (original, self, args) => requests.run(original, self, args));
}

interface ClientCall {
  readonly request: GovernedRequest;
  readonly action: string;
  readonly startMs: number;
  readonly input: unknown;
  /** The request is the client's own, and not an adapter's. */
  readonly ours: boolean;
}

class ClientRequests {
  private readonly agentId: string;

  constructor(
    private readonly state: GovernanceState,
    private readonly client: AgentMeshClient,
    private readonly policySet: string,
  ) {
    this.agentId = agentIdOf(client.identity?.did);
  }

  run(original: Method, self: unknown, args: unknown[]): unknown {
    const { telemetry, requests } = this.state;
    const action = typeof args[0] === 'string' ? args[0] : UNKNOWN;
    const outer = this.adapterRequest();
    const startMs = telemetry.clock();
    const request = outer ?? this.open(action, startMs);
    request.claimed = true;
    request.client = this.client;
    const call: ClientCall = { request, action, startMs, input: args[1], ours: outer === undefined };
    return requests.within(request, performed, this, call, original, self, args);
  }

  /** Within the request: so is what follows a promise, and its span need not be made active once more. */
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
    return observeSettlement(result, (outcome) => {
      if (outcome.threw) this.failed(call, outcome.error);
      else this.answered(call, outcome.value as GovernanceResult);
    });
  }

  private answered(call: ClientCall, result: GovernanceResult): void {
    const { agentId, policySet: policy, state } = this;
    const { request, action, startMs, input } = call;
    const durationSeconds = state.telemetry.secondsSince(startMs);
    recordVerdict(state, request, { agentId, action, result, durationSeconds, policy, input });
    // An adapter that has lost sight of its request on the way finds the verdict counted by this.
    const unseen = request.adapter === undefined && state.installations.any('adapter');
    if (unseen) state.telemetry.attempt(() => state.counted.add(result));
    if (!call.ours) return;
    request.open = false;
    state.telemetry.end(request.span);
  }

  private failed(call: ClientCall, error: unknown): void {
    const { telemetry } = this.state;
    const { request, action, startMs } = call;
    recordFailedRequest(this.state, request, action, telemetry.secondsSince(startMs));
    if (!call.ours) return;
    request.open = false;
    telemetry.fail(request.span, error);
  }

  private open(action: string, startMs: number): GovernedRequest {
    const { agentId } = this;
    const { telemetry } = this.state;
    let span: ManualSpan | undefined;
    try {
      span = telemetry.tracer?.startExecute({ agentId, action });
    } catch (error) {
      telemetry.failed(error);
    }
    return new GovernedRequest(agentId, startMs, span);
  }

  /** The request of an adapter that asks this client, so that it stays one request. */
  private adapterRequest(): GovernedRequest | undefined {
    const request = this.state.requests.current();
    if (request?.adapter === undefined || request.claimed) return undefined;
    return request.client === undefined || request.client === this.client ? request : undefined;
  }
}

/** {@link ClientRequests.perform} as a function, so that running it in a context takes no closure. */
function performed(requests: ClientRequests, ...args: Parameters<ClientRequests['perform']>): unknown {
  return requests.perform(...args);
}
