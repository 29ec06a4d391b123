import type { Verdictlike } from '../../instruments/verdict-members.js';

/** A tool call, as a policy is asked about it. */
export interface ToolCall {
  readonly agentId: string;
  /** The name of the tool, or the one that was given for it. */
  readonly action: string;
  /** The arguments that the model chose: for the policy alone, nothing of them is recorded. */
  readonly input: unknown;
}

/** A function that decides; what it answers is read as `obs.policyCheck` reads it. */
export type Decide = (call: ToolCall) => Verdictlike | PromiseLike<Verdictlike>;

/**
 * Who decides: a function; an object with `decide`, `evaluate` or `check`, which is called with the call; a client of the
 * Agent Governance Toolkit; or its PolicyEngine, with flat rules, policy documents, backends, or all of them.
 */
export type Policy =
  | ((call: ToolCall) => unknown)
  | { decide(call: ToolCall): unknown }
  | { check(call: ToolCall): unknown }
  | { evaluate(call: ToolCall): unknown }
  | GovernanceClient
  | RuleEngine;

/** AgentMeshClient of the Agent Governance Toolkit, as far as it is asked. */
export interface GovernanceClient {
  readonly identity?: { readonly did?: string };
  executeWithGovernance(action: string, params?: Record<string, unknown>): unknown;
}

/** PolicyEngine of the Agent Governance Toolkit, as far as it is asked. */
export interface RuleEngine {
  evaluate(action: string, context?: Record<string, unknown>): unknown;
  evaluatePolicy(agentDid: string, context: Record<string, unknown>): unknown;
  evaluateWithBackends?(action: string, context?: Record<string, unknown>): unknown;
  evaluatePolicyWithBackends?(agentDid: string, context: Record<string, unknown>): unknown;
  listPolicies?(): readonly unknown[];
  listBackends?(): readonly unknown[];
  getRules?(): readonly unknown[];
}

/** Asks a policy; the answer may be a promise. */
export type Ask = (call: ToolCall) => unknown;

/** @throws TypeError for what decides nothing: without a policy no tool may run, and that is better said at once */
export function askOf(policy: Policy): Ask {
  if (typeof policy === 'function') return policy;
  const given = (policy ?? {}) as Readonly<Record<string, unknown>>;
  if (has(given, 'executeWithGovernance')) return clientAsk(policy as GovernanceClient);
  if (has(given, 'evaluatePolicy') && has(given, 'evaluate')) return engineAsk(policy as RuleEngine);
  const method = ['decide', 'evaluate', 'check'].find((name) => has(given, name));
  if (method === undefined)
    throw new TypeError(
      'the policy must be a function, an object with decide, evaluate or check, or a client or policy engine of the ' +
        `Agent Governance Toolkit, got ${policy === null ? 'null' : typeof policy}`,
    );
  return (call) => (given[method] as Ask).call(policy, call);
}

/** The agent that a client governs; undefined for every other policy. */
export function agentOfPolicy(policy: Policy): unknown {
  return has(policy as never, 'executeWithGovernance')
    ? (policy as GovernanceClient).identity?.did
    : undefined;
}

function clientAsk(client: GovernanceClient): Ask {
  return ({ action, input }) => client.executeWithGovernance(action, paramsOf(input));
}

/** What has rules is asked, and all that is asked must allow: an engine with documents alone knows no flat rule. */
function engineAsk(engine: RuleEngine): Ask {
  return ({ agentId, action, input }) => {
    const context = { ...paramsOf(input), agentId, action };
    const documents = (engine.listPolicies?.().length ?? 0) > 0;
    const rules = !documents || (engine.getRules?.().length ?? 0) > 0;
    const asked = (engine.listBackends?.().length ?? 0) > 0;
    const answers: unknown[] = [];
    if (rules)
      answers.push(
        asked && engine.evaluateWithBackends
          ? engine.evaluateWithBackends(action, context)
          : engine.evaluate(action, context),
      );
    if (documents)
      answers.push(
        asked && engine.evaluatePolicyWithBackends
          ? engine.evaluatePolicyWithBackends(agentId, context)
          : engine.evaluatePolicy(agentId, context),
      );
    if (asked) return answers.length === 1 ? answers[0] : Promise.all(answers);
    return answers.length === 1 ? answers[0] : answers;
  };
}

/** Arguments by name. What the model gives must not pass for the action or the agent: those are set after it. */
function paramsOf(input: unknown): Record<string, unknown> {
  return input !== null && typeof input === 'object' && !Array.isArray(input)
    ? { ...(input as Record<string, unknown>) }
    : { input };
}

function has(given: Readonly<Record<string, unknown>> | undefined, method: string): boolean {
  return typeof given?.[method] === 'function';
}
