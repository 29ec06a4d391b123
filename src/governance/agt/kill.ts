import type { KillSwitchResult } from '@microsoft/agent-governance-sdk';
import { errorType, observe } from '../../common/outcome.js';
import { ATTR_CONTAINMENT_SECONDS, ATTR_KILL_OUTCOME } from '../../semconv/attributes.js';
import { KILL_TIMEOUT_SECONDS } from '../../semconv/values.js';
import type { ManualSpan } from '../../tracing/index.js';
import type { Agent } from '../core/agent-tracker.js';
import { emitKill, recordKill, type Kill, type TrackedKill } from '../core/agent-state.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { GovernedRequest } from '../core/governed-request.js';
import type { InstancePatch, Method } from '../core/installations.js';
import { startSignal } from './agent-control.js';
import { agentOf, signalReason } from './labels.js';

export function installKillSwitch(state: GovernanceState, patch: InstancePatch): void {
  patch.method('kill', (original, self, args) => new SwitchedKill(state, self, args).run(original));
}

/**
 * One call of a kill switch. How it went follows from what the switch does: it rejects while it is off (`refused`), or with
 * what a handler threw (`failed`), or says how many handlers and compensations ran, which may be none (`nothing_stopped`).
 */
class SwitchedKill {
  private readonly agent: Agent;
  /** As the caller gave it. */
  private readonly reason: unknown;
  private readonly off: boolean;
  private readonly request: GovernedRequest | undefined;
  private readonly span: ManualSpan | undefined;
  private readonly startMs: number;
  private readonly running: TrackedKill | undefined;

  constructor(
    private readonly state: GovernanceState,
    private readonly self: unknown,
    private readonly args: unknown[],
  ) {
    const { telemetry, requests } = state;
    this.agent = agentOf(args[0]);
    const { agentId } = this.agent;
    this.reason = telemetry.attempt(() => (args[1] as { reason?: unknown } | undefined)?.reason);
    this.off = telemetry.attempt(() => (self as { enabled?: unknown }).enabled) === false;
    this.request = requests.current();
    this.span = startSignal(state, 'SIGKILL', agentId, this.reason);
    this.startMs = telemetry.clock();
    const order = { agentId, reason: signalReason(this.reason) };
    this.running = telemetry.within(this.span, () =>
      telemetry.attempt(() => telemetry.kills?.track(order, () => this.timedOut())),
    );
  }

  run(original: Method): unknown {
    return observe(
      () => this.state.telemetry.within(this.span, () => Reflect.apply(original, this.self, this.args)),
      (result) => this.ended(killOf(this.state, result, this.args[0])),
      (error) => this.ended(this.failure(error), { error }),
    );
  }

  private ended(how: Kill, failure?: { readonly error: unknown }): void {
    const { state, startMs, running } = this;
    const { telemetry } = state;
    const kill = { ...how, durationSeconds: telemetry.secondsSince(startMs) };
    if (this.request !== undefined) this.request.killSeconds += kill.durationSeconds;
    telemetry.within(this.span, () => {
      telemetry.attempt(() => recordKill(state, kill, startMs, running));
      const span =
        running?.late === true ? startSignal(state, 'SIGKILL', this.agent.agentId, this.reason) : this.span;
      const attributes = spanAttributes(kill);
      if (failure) telemetry.fail(span, failure.error, attributes);
      else telemetry.end(span, { attributes });
    });
  }

  /** Whoever looks for the trace must find it, so its span does not wait for an end that may never come. */
  private timedOut(): void {
    const { agent, span, state } = this;
    const kill: Kill = {
      ...agent,
      reason: signalReason(this.reason),
      outcome: 'timed_out',
      errorType: 'timeout',
    };
    state.telemetry.within(span, () => state.telemetry.attempt(() => emitKill(state, kill)));
    state.telemetry.fail(span, lateError(), spanAttributes(kill));
  }

  private failure(error: unknown): Kill {
    const outcome = this.off ? 'refused' : 'failed';
    return {
      ...this.agent,
      reason: signalReason(this.reason),
      outcome,
      errorType: errorType(error),
    };
  }
}

function spanAttributes({ outcome, durationSeconds }: Kill): Readonly<Record<string, unknown>> {
  return {
    [ATTR_KILL_OUTCOME]: outcome,
    [ATTR_CONTAINMENT_SECONDS]: outcome === 'stopped' ? durationSeconds : undefined,
  };
}

function lateError(): Error {
  const error = new Error(`the kill has not ended within ${KILL_TIMEOUT_SECONDS} s`);
  error.name = 'timeout';
  error.stack = ''; // it was thrown nowhere
  return error;
}

/** What a kill switch returned, about this agent. Never throws; an answer without numbers tells of nothing stopped. */
export function killOf(state: GovernanceState, result: unknown, agent: unknown): Kill {
  const { telemetry } = state;
  const answer = telemetry.attempt(() => readAnswer(result as KillSwitchResult));
  if (answer === undefined || !Number.isFinite(answer.ran)) {
    telemetry.warnOnce(
      'governance/kill',
      'governance: a kill switch did not say how many callbacks and compensations it executed; its kill counts as nothing_stopped.',
    );
  }
  return {
    ...agentOf(agent),
    reason: signalReason(answer?.reason),
    outcome: answer !== undefined && answer.ran > 0 ? 'stopped' : 'nothing_stopped',
    handedOver: answer?.handedOver ?? false,
    result: typeof result === 'object' && result !== null ? result : undefined,
  };
}

function readAnswer(result: KillSwitchResult) {
  const { reason, handoffAgentId, callbacksExecuted, compensationsExecuted } = result;
  const numbers = typeof callbacksExecuted === 'number' && typeof compensationsExecuted === 'number';
  return {
    reason,
    handedOver: typeof handoffAgentId === 'string',
    ran: numbers ? callbacksExecuted + compensationsExecuted : NaN,
  };
}
