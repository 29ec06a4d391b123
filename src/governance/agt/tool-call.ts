import type { AgentMeshClient, GovernanceResult } from '@microsoft/agent-governance-sdk';
import { errorType, isThenable, observe } from '../../common/outcome.js';
import type { Agent } from '../core/agent-tracker.js';
import type { GovernanceState } from '../core/governance-state.js';
import { GovernedRequest } from '../core/governed-request.js';
import type { Method } from '../core/installations.js';
import {
  recordFailedRequest,
  recordInvocation,
  recordVerdict,
  SUCCESS,
  type Ending,
} from '../core/request-outcome.js';
import { whenComplete } from '../core/streamed-output.js';
import { requestStatus } from '../core/verdict.js';
import { verdictOf } from './client.js';
import { actionLabel, agentIdOf, agentOf, FLAT_RULES } from './labels.js';

/** A tool call, as the agent asks for it. */
export interface GovernedCall {
  readonly action: string;
  /** What the policies judge by; on the span only where content is captured. */
  readonly params?: Record<string, unknown>;
}

/** What became of it: the tool's output, or the verdict that kept it from running; undefined where there was none. */
export type GovernedOutcome<T> =
  | { readonly allowed: true; readonly verdict: GovernanceResult; readonly output: T }
  | { readonly allowed: false; readonly verdict: GovernanceResult | undefined };

/** Who is asked, and for what. */
interface Asked {
  readonly client: AgentMeshClient;
  readonly method: Method;
  readonly action: string;
  readonly params: Record<string, unknown> | undefined;
}

/**
 * Asks the client for its verdict, and runs the tool where that is `allow`: one `kernel.execute` and one request around
 * both, to the end of a stream. What the client or the tool throws is thrown.
 */
export async function governedCall<T>(
  state: GovernanceState,
  client: AgentMeshClient,
  call: GovernedCall,
  run: () => T | PromiseLike<T>,
): Promise<GovernedOutcome<T>> {
  const { telemetry } = state;
  const asked = telemetry.attempt(() => readCall(client, call));
  if (typeof asked?.method !== 'function' || typeof run !== 'function') {
    telemetry.warnOnce(
      'governance/governedCall',
      'governedCall: a client, a call with its action and a function must be given; nothing was asked, and nothing runs.',
    );
    return { allowed: false, verdict: undefined };
  }
  const agent = agentOfClient(state, client);
  const request = open(state, agent.agentId, asked.action);
  request.client = client;
  const verdict = await ask(state, request, agent, asked);
  request.moveTo('answered');
  const decision = telemetry.attempt(() => verdict.decision);
  const end = (ending: Ending, output?: unknown): void => {
    const details = { decision, reason: undefined, input: asked.params, output };
    ended(state, request, () => recordInvocation(state, request, ending, details));
  };
  if (decision !== 'allow') {
    end({ status: requestStatus(decision) });
    return { allowed: false, verdict };
  }
  try {
    const output = await settled(request.runAction(run));
    whenComplete(state, request, output.value, (ending = SUCCESS) => end(ending, output.value));
    return { allowed: true, verdict, output: output.value };
  } catch (error) {
    end({ status: 'error', failure: { error }, agentErrorType: errorType(error) });
    throw error;
  }
}

function readCall(client: AgentMeshClient, { action, params }: GovernedCall): Asked {
  const { executeWithGovernance: method } = client as unknown as { executeWithGovernance: Method };
  return { client, method, action, params };
}

function agentOfClient({ telemetry }: GovernanceState, client: AgentMeshClient): Agent {
  return agentOf(telemetry.attempt(() => client.identity?.did));
}

/** A request of ours, where otherwise an adapter stands: that of the client becomes part of it. */
function open({ telemetry }: GovernanceState, agentId: string, asked: unknown): GovernedRequest {
  const action = actionLabel(asked);
  const startMs = telemetry.clock();
  const span = telemetry.start((tracer) => tracer.startExecute({ agentId, action }));
  const request = new GovernedRequest(agentId, startMs, span, governedCall);
  request.action = action;
  return request;
}

function ended({ telemetry }: GovernanceState, request: GovernedRequest, record: () => void): void {
  request.moveTo('ended');
  telemetry.attempt(record);
}

async function ask(
  state: GovernanceState,
  request: GovernedRequest,
  agent: Agent,
  asked: Asked,
): Promise<GovernanceResult> {
  const { telemetry, requests } = state;
  const { startMs } = request;
  const { client, method, params } = asked;
  const action = actionLabel(asked.action);
  try {
    const answer = requests.within(request, () => Reflect.apply(method, client, [asked.action, params]));
    const { value } = await settled(answer);
    const result = value as GovernanceResult;
    if (request.verdict !== 'counted') {
      const durationSeconds = telemetry.secondsSince(startMs);
      const read = verdictOf(state, result, {
        ...agent,
        action,
        durationSeconds,
        policy: FLAT_RULES,
        input: params,
      });
      recordVerdict(state, request, read);
    }
    return result;
  } catch (error) {
    ended(state, request, () => {
      if (request.verdict !== 'counted') {
        recordFailedRequest(state, request, action, telemetry.secondsSince(startMs), error);
      }
      recordInvocation(state, request, { status: 'error', failure: { error } }, undefined);
    });
    throw error;
  }
}

/** What it settles to; in an object, since `await` would ask a value of the host for its `then`. */
async function settled<T>(given: T | PromiseLike<T>): Promise<{ readonly value: T }> {
  return { value: isThenable(given) ? await given : given };
}

/** Runs a tool on which the host has a verdict already: its time and its end, also of a stream, in a `kernel.execute` of its own. */
export function toolCall<T>(
  state: GovernanceState,
  call: { readonly agentId: string; readonly action: string },
  run: () => T,
): T {
  const { telemetry } = state;
  if (typeof run !== 'function') {
    telemetry.warnOnce('governance/toolCall', 'toolCall: a function must be given; nothing runs.');
    return undefined as T;
  }
  const { agentId, action } = telemetry.attempt(() => ({ agentId: call.agentId, action: call.action })) ?? {};
  const request = open(state, agentIdOf(agentId), action);
  const end = (ending: Ending): void =>
    ended(state, request, () => recordInvocation(state, request, ending, undefined));
  return observe(
    () => request.runAction(run),
    (output) => whenComplete(state, request, output, (ending = SUCCESS) => end(ending)),
    (error) => end({ status: 'error', failure: { error }, agentErrorType: errorType(error) }),
    run,
  );
}
