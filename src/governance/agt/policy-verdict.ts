import type {
  BackendEvaluationOutcome,
  PolicyBackendEvaluationResult,
  PolicyDecisionResult,
} from '@microsoft/agent-governance-sdk';
import { type Decision, type Enforcement, UNKNOWN } from '../../semconv/values.js';
import type { PolicyCheckSpan } from '../../tracing/index.js';
import { agentIdOf } from './labels.js';

/** The policy label of flat rules that have no name of their own. */
export const FLAT_RULES = 'flat_rules';
/** The policy label of documents none of which matched, so that the default decided. */
export const POLICY_DOCUMENTS = 'policy_documents';

/** What a check said, in one shape: the same members in the same order, which is what makes reading it cheap. */
export interface Verdict {
  readonly decision: Decision;
  readonly enforced: Enforcement;
  /** The document that matched. */
  readonly policy: string | undefined;
  readonly reason: string | undefined;
  readonly backends: readonly BackendEvaluationOutcome[] | undefined;
}

/** One of the engine's four ways to check, and how its arguments and result are read. */
export interface CheckKind {
  readonly method: string;
  /** The policy label where no policy is named. */
  readonly unnamed: string;
  /** Asks backends, so that it ends later and runs code of the host. */
  readonly asksBackends: boolean;
  /** The first argument is the agent, and the action stands in the context; else the first argument is the action. */
  readonly takesAgent: boolean;
  read(result: never): Verdict;
}

const readDecision = (decision: Decision): Verdict => ({
  decision,
  enforced: enforcement(decision === 'allow'),
  policy: undefined,
  reason: undefined,
  backends: undefined,
});

const readDocuments = (result: PolicyDecisionResult): Verdict => ({
  decision: result.action,
  enforced: enforcement(result.allowed),
  policy: result.policyName,
  reason: result.reason,
  backends: undefined,
});

const readBackends = (result: PolicyBackendEvaluationResult): Verdict => {
  const { localDecision, effectivePolicyResult: effective } = result;
  return {
    decision: effective?.action ?? result.effectiveDecision,
    enforced: enforcement(effective?.allowed ?? result.effectiveDecision === 'allow'),
    policy: typeof localDecision === 'object' ? localDecision.policyName : undefined,
    reason: effective?.reason,
    backends: result.backendResults,
  };
};

export const CHECK_KINDS: readonly CheckKind[] = [
  {
    method: 'evaluate',
    unnamed: FLAT_RULES,
    asksBackends: false,
    takesAgent: false,
    read: readDecision,
  },
  {
    method: 'evaluatePolicy',
    unnamed: POLICY_DOCUMENTS,
    asksBackends: false,
    takesAgent: true,
    read: readDocuments,
  },
  {
    method: 'evaluateWithBackends',
    unnamed: FLAT_RULES,
    asksBackends: true,
    takesAgent: false,
    read: readBackends,
  },
  {
    method: 'evaluatePolicyWithBackends',
    unnamed: POLICY_DOCUMENTS,
    asksBackends: true,
    takesAgent: true,
    read: readBackends,
  },
];

/** The backend that decided against what the local policies allowed, if one did. */
export function objectingBackend(verdict: Verdict): string | undefined {
  const { backends, enforced } = verdict;
  if (backends === undefined || enforced === 'allowed') return undefined;
  return (objection(backends, 'deny') ?? objection(backends, 'review'))?.backend;
}

function objection(
  backends: readonly BackendEvaluationOutcome[],
  decision: string,
): BackendEvaluationOutcome | undefined {
  return backends.find((outcome) => outcome.decision === decision || (decision === 'deny' && outcome.error));
}

function enforcement(allowed: boolean): Enforcement {
  return allowed ? 'allowed' : 'denied';
}

/** What a check was asked, read from its arguments only where somebody wants to know. */
export class AskedCheck implements PolicyCheckSpan {
  constructor(
    private readonly kind: CheckKind,
    private readonly args: unknown[],
    private readonly served: string | undefined,
  ) {}

  /** An agent that is not known is left out. */
  get agentId(): string {
    return (this.kind.takesAgent ? agentIdOf(this.args[0]) : this.served) as string;
  }

  /** The action asked for. The context is the host's object: reading it may throw. */
  get action(): string {
    const { kind, args } = this;
    if (!kind.takesAgent) return typeof args[0] === 'string' ? args[0] : UNKNOWN;
    try {
      const action = (args[1] as { action?: unknown } | undefined)?.action;
      return typeof action === 'string' ? action : UNKNOWN;
    } catch {
      return UNKNOWN;
    }
  }
}
