import type { AgentMeshClient, GovernanceResult } from '@microsoft/agent-governance-sdk';
import { UNKNOWN } from '../semconv/values.js';
import { agentIdOf } from './agent-id.js';
import type { GovernanceState } from './governance-state.js';
import { GovernedRequest } from './governed-request.js';
import type { InstancePatch, Method } from './instance-patch.js';
import { observe } from './observe.js';
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
    return observe(
      () => requests.within(request, () => Reflect.apply(original, self, args)),
      (result) => {
        const durationSeconds = telemetry.secondsSince(startMs);
        this.answered(request, action, result as GovernanceResult, durationSeconds, args[1]);
        if (outer) return;
        request.open = false;
        telemetry.end(request.span);
      },
      (error) => {
        recordFailedRequest(this.state, request, action, telemetry.secondsSince(startMs));
        if (outer) return;
        request.open = false;
        telemetry.fail(request.span, error);
      },
    );
  }

  private answered(
    request: GovernedRequest,
    action: string,
    result: GovernanceResult,
    durationSeconds: number,
    input: unknown,
  ): void {
    const { agentId, policySet: policy, state } = this;
    recordVerdict(state, request, { agentId, action, result, durationSeconds, policy, input });
    // An adapter that has lost sight of its request on the way finds the verdict counted by this.
    const unseen = request.adapter === undefined && state.installations.any('adapter');
    if (unseen) state.telemetry.attempt(() => state.counted.add(result));
  }

  private open(action: string, startMs: number): GovernedRequest {
    const { agentId } = this;
    const span = this.state.telemetry.start((tracer) => tracer.startExecute({ agentId, action }));
    return new GovernedRequest(agentId, startMs, span);
  }

  /** The request of an adapter that asks this client, so that it stays one request. */
  private adapterRequest(): GovernedRequest | undefined {
    const request = this.state.requests.current();
    if (request?.adapter === undefined || request.claimed) return undefined;
    return request.client === undefined || request.client === this.client ? request : undefined;
  }
}
