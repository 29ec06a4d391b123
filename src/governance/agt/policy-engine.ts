import type {
  PolicyBackendEvaluationResult,
  PolicyDecisionResult,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import { UNKNOWN, type Decision } from '../../semconv/values.js';
import type { Agent } from '../core/agent-tracker.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { InstancePatch } from '../core/installations.js';
import type { AskedCheck, CheckKind } from '../core/check-kinds.js';
import { PolicyChecks } from '../core/policy-checks.js';
import {
  enforcedAs,
  failureOf,
  knownDecision,
  provenanceOfBackends,
  provenanceOfDocuments,
  type Verdict,
} from '../core/verdict.js';
import { declared } from './declared.js';
import { actionLabel, agentOf, FLAT_RULES, POLICY_DOCUMENTS } from './labels.js';

/** All of it is optional. */
export interface PolicyEngineOptions {
  /**
   * The `policy` label of checks that no named policy document decided.
   * @defaultValue `flat_rules`, or `policy_documents` where documents are evaluated
   */
  readonly policySet?: string;
  /**
   * The agent this engine serves, where its calls do not say: its id or DID. Without it, a check of flat rules is asked for
   * `agentId`, `agent_id`, `agentDid` or `did` in its context.
   */
  readonly agentId?: string;
  /**
   * As the option of the whole, for this engine: of two that a host asks about one action, one counts the request.
   * @defaultValue that of the `GovernanceInstrumentation`
   */
  readonly denialsAreViolations?: boolean;
}

export function installPolicyEngine(
  state: GovernanceState,
  engine: PolicyEngine,
  options: PolicyEngineOptions,
  patch: InstancePatch,
): void {
  const { policySet, agentId, denialsAreViolations: countsRequests = state.denialsAreViolations } = options;
  const served = agentId === undefined ? undefined : agentOf(agentId);
  const checks = new PolicyChecks(state, { engine, policySet, served, countsRequests });
  for (const kind of CHECK_KINDS) {
    patch.method(kind.method, (original, self, args) => checks.run(kind, original, self, args));
  }
}

/** A check of flat rules: the first argument is the action, and no agent is named but in the context. */
class FlatCheck implements AskedCheck {
  constructor(
    private readonly args: readonly unknown[],
    private readonly served: Agent | undefined,
  ) {}

  get agent(): Agent | undefined {
    return this.served ?? agentInContext(this.args[1]);
  }

  get agentId(): string {
    return this.agent?.agentId as string;
  }

  get action(): string {
    return actionLabel(this.args[0]);
  }
}

/** What hosts call the agent in the context of a check. */
const AGENT_KEYS = ['agentId', 'agent_id', 'agentDid', 'did'] as const;

/** The context is the host's object: reading it may throw. */
function agentInContext(context: unknown): Agent | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  try {
    for (const key of AGENT_KEYS) {
      const agent = (context as Readonly<Record<string, unknown>>)[key];
      if (typeof agent === 'string' && agent !== '') return agentOf(agent);
    }
  } catch {
    // Whatever refuses to be read names nobody.
  }
  return undefined;
}

/** A check of policy documents: the first argument is the agent, and the action stands in the context. */
class DocumentCheck implements AskedCheck {
  constructor(private readonly args: readonly unknown[]) {}

  get agent(): Agent {
    return agentOf(this.args[0]);
  }

  get agentId(): string {
    return this.agent.agentId;
  }

  /** The context is the host's object: reading it may throw. */
  get action(): string {
    try {
      return actionLabel((this.args[1] as { action?: unknown } | undefined)?.action);
    } catch {
      return UNKNOWN;
    }
  }
}

const FLAT = {
  unnamed: FLAT_RULES,
  asked: (args: readonly unknown[], served: Agent | undefined) => new FlatCheck(args, served),
};
const DOCUMENTS = {
  unnamed: POLICY_DOCUMENTS,
  asked: (args: readonly unknown[]) => new DocumentCheck(args),
};

/** The engine's four ways to check. */
const CHECK_KINDS: readonly CheckKind[] = [
  { ...FLAT, method: 'evaluate', asksBackends: false, read: readDecision },
  { ...DOCUMENTS, method: 'evaluatePolicy', asksBackends: false, read: readDocuments, declared },
  { ...FLAT, method: 'evaluateWithBackends', asksBackends: true, read: readBackends },
  {
    ...DOCUMENTS,
    method: 'evaluatePolicyWithBackends',
    asksBackends: true,
    read: readBackends,
    declared: (engine: object, { localDecision }: PolicyBackendEvaluationResult) =>
      typeof localDecision === 'object' ? declared(engine, localDecision) : undefined,
  },
];

function readDecision(decision: Decision): Verdict {
  const enforced = enforcedAs(decision);
  return {
    decision: knownDecision(decision),
    enforced,
    provenance: enforced === 'unknown' ? 'unknown' : 'evaluated',
    policy: undefined,
    rule: undefined,
    reason: undefined,
    backends: undefined,
  };
}

/** An allow that comes with an error is none. The SDK's own results have no such member. */
function readDocuments(result: PolicyDecisionResult & { readonly error?: unknown }): Verdict {
  const { allowed, error } = result;
  const enforced = error && allowed ? 'unknown' : enforcedAs(allowed);
  return {
    decision: enforced === 'unknown' ? 'unknown' : knownDecision(result.action),
    enforced,
    provenance: error ? failureOf(error) : enforced === 'unknown' ? 'unknown' : provenanceOfDocuments(result),
    policy: result.policyName,
    rule: result.matchedRule,
    reason: result.reason,
    backends: undefined,
  };
}

function readBackends(result: PolicyBackendEvaluationResult): Verdict {
  const { localDecision, effectivePolicyResult: effective, effectiveDecision, backendResults } = result;
  const local = typeof localDecision === 'object' ? localDecision : undefined;
  const enforced = enforcedAs(effective?.allowed ?? effectiveDecision);
  const locally = local === undefined ? 'evaluated' : provenanceOfDocuments(local);
  return {
    decision: knownDecision(effective?.action ?? effectiveDecision),
    enforced,
    provenance: enforced === 'unknown' ? 'unknown' : provenanceOfBackends(backendResults, locally),
    policy: local?.policyName,
    rule: local?.matchedRule,
    reason: effective?.reason,
    backends: backendResults,
  };
}
