import type { Context } from '@opentelemetry/api';
import type { Outcome } from '../common/outcome.js';
import { CALL_KEYS } from '../instruments/call-keys.js';
import {
  executionOf,
  executionScope,
  isOwnRequest,
  scopeOf,
  type CallScope,
} from '../instruments/call-scope.js';
import type { Classify, KernelMetrics } from '../instruments/index.js';
import { classified } from '../instruments/classified.js';
import type { Status } from '../semconv/values.js';
import { EXECUTE } from '../tracing/kernel-spans.js';
import type { CallKind } from './measured-call.js';
import type { ExecutionCall } from './kernel-verbs.js';

/** What is run, read once. */
interface AskedExecution extends CallScope {
  readonly classify: Classify<never> | undefined;
}

/** Throws what reading the host's object throws. */
export function askedExecution(
  recorder: KernelMetrics,
  given: ExecutionCall<never>,
  active: Context,
): AskedExecution {
  const { agentId, action, classify } = given;
  if (agentId === undefined || action === undefined) CALL_KEYS.execute.missed(recorder, given);
  else if (classify === undefined) CALL_KEYS.execute.omitted(recorder, given);
  return executionScope(agentId, action, scopeOf(active), undefined, classify);
}

export const EXECUTION_CALL: CallKind<AskedExecution> = {
  method: 'obs.execute',
  span: EXECUTE,
  follows: true,
  ended({ kernel }, execution, outcome, durationSeconds, _, unseen) {
    const { action } = execution;
    const status = unseen === undefined ? statusOf(execution, outcome) : 'unknown';
    const part = partOf(execution, status);
    if (isOwnRequest(part)) kernel.recordRequest({ action, status });
    if (part === undefined) kernel.recordExecution({ action, status, durationSeconds });
    if (unseen === 'abandoned') kernel.streams.recordAbandoned({ action });
  },
};

/** The invocation of an instrumented SDK around it, which times it. A check around it is about a request that is counted. */
function partOf({ action, outer }: AskedExecution, status: Status): CallScope | undefined {
  for (let check = outer; check?.kind === 'check'; check = check.outer)
    if (check.action === action) check.requested = true;
  const around = executionOf(outer, action);
  if (around?.governed === undefined) return undefined;
  around.ended = status;
  return around;
}

function statusOf({ classify, refused, ended }: AskedExecution, outcome: Outcome<unknown>): Status {
  if (outcome.threw) return 'error';
  if (classify === undefined) return refused ?? ended ?? 'success';
  const enforced = classified(outcome.value as never, { classify }) ?? 'unknown';
  return enforced === 'allowed' ? 'success' : enforced;
}
