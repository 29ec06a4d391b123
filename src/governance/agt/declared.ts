import type { Policy, PolicyDecisionResult, PolicyEngine } from '@microsoft/agent-governance-sdk';
import type { Severity } from '../../semconv/values.js';
import { isSeverity } from '../core/governance-state.js';
import type { Declared } from '../core/violations.js';

/** A member that the SDK's types do not have, and its documents may. */
interface Graded {
  readonly severity?: unknown;
  readonly metadata?: { readonly severity?: unknown } | undefined;
}

/** What the document that decided, or its rule, says of itself: the rule's severity before the document's. */
export function declared(engine: object, result: PolicyDecisionResult): Declared {
  const { matchedRule: rule, policyName } = result;
  const policy = policyName === undefined ? undefined : policyOf(engine, policyName);
  const matched = policy?.rules?.find(({ name }) => name === rule);
  return { rule, severity: severityIn(result) ?? severityIn(matched) ?? severityIn(policy) };
}

function policyOf(engine: object, name: string): Policy | undefined {
  return (engine as Partial<Pick<PolicyEngine, 'getPolicy'>>).getPolicy?.(name);
}

function severityIn(graded: object | undefined): Severity | undefined {
  const { severity, metadata } = (graded ?? {}) as Graded;
  if (isSeverity(severity)) return severity;
  return isSeverity(metadata?.severity) ? metadata.severity : undefined;
}
