import type { PolicyCheckSpan } from '../../tracing/index.js';
import type { Agent } from './agent-tracker.js';
import { UNREADABLE, type Verdict } from './verdict.js';
import type { Declared } from './violations.js';

/** One of an engine's ways to check, and how its arguments and its result are read. */
export interface CheckKind {
  readonly method: string;
  /** The policy label where no policy is named. */
  readonly unnamed: string;
  /** Asks backends, so that it ends later and runs code of the host. */
  readonly asksBackends: boolean;
  /** What a call asks. `served` is the agent that the engine serves. */
  asked(args: readonly unknown[], served: Agent | undefined): AskedCheck;
  read(result: never): Verdict;
  /** What the policy that decided says of itself. */
  declared?(engine: object, result: never): Declared | undefined;
}

/** What a check was asked. Reading it must not throw; an agent that is not known is undefined in spite of its type. */
export interface AskedCheck extends Required<Pick<PolicyCheckSpan, 'agentId' | 'action'>> {
  readonly agent: Agent | undefined;
}

/** What the host has said about an engine. */
export interface CheckedEngine {
  readonly engine: object;
  /** The policy label of checks that no named policy decided. */
  readonly policySet: string | undefined;
  /** The agent that the engine serves, where a call does not name one. */
  readonly served: Agent | undefined;
  /** Whether a check outside any other request is a request of its own. */
  readonly countsRequests: boolean;
}

/** What refuses to be read is not understood, and counted as that. */
export function readBy(kind: CheckKind, result: unknown): Verdict {
  try {
    return kind.read(result as never);
  } catch {
    return UNREADABLE;
  }
}
