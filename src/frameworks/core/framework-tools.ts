import type { ReadVerdict } from '../../instruments/verdict-words.js';
import type { ToolGovernor } from './governed-tool.js';
import type { ToolCall } from './policy.js';

/** What agent frameworks call the agent in the context that a host hands to its tools. */
const AGENT_KEYS = ['agentId', 'agent_id', 'agentName'] as const;

/** The agent that a context names. The context is the host's object: reading it may throw. */
export function agentIn(context: unknown): string | undefined {
  if (context === null || typeof context !== 'object') return undefined;
  try {
    for (const key of AGENT_KEYS) {
      const agent = (context as Readonly<Record<string, unknown>>)[key];
      if (typeof agent === 'string' && agent !== '') return agent;
    }
  } catch {
    // Whatever refuses to be read names nobody.
  }
  return undefined;
}

/** @throws TypeError where the host gave no function to govern */
export function callable(given: unknown, otherwise: string): (...args: never[]) => unknown {
  if (typeof given !== 'function') throw new TypeError(`${otherwise}, got ${typeof given}`);
  return given as (...args: never[]) => unknown;
}

/** Who calls what gives a promise may have no `try` around it: whatever is thrown at once rejects. */
export function rejecting<A extends unknown[]>(run: (...args: A) => unknown): (...args: A) => unknown {
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/**
 * Verdicts on calls that are made next, by the object of their arguments and the action, or by that of the run and the id
 * of the call in it. Whoever loses the object loses the verdict. Each is good for one call.
 */
export const remembered = {
  keep(policy: object, holder: unknown, verdict: ReadVerdict, id: string): void {
    if (holder === null || typeof holder !== 'object') return;
    let kept = verdicts.get(holder);
    if (kept === undefined) {
      kept = new Map<string, Remembered>();
      verdicts.set(holder, kept);
    }
    kept.set(id, { policy, verdict });
  },

  take(policy: object, holder: unknown, id: string): ReadVerdict | undefined {
    if (holder === null || typeof holder !== 'object') return undefined;
    const kept = verdicts.get(holder);
    const one = kept?.get(id);
    if (one?.policy !== policy) return undefined;
    kept?.delete(id);
    return one.verdict;
  },
};

interface Remembered {
  readonly policy: object;
  readonly verdict: ReadVerdict;
}
const verdicts = new WeakMap<object, Map<string, Remembered>>();

/** The verdict alone, for a hook that must not throw; undefined where the policy has failed. */
export async function verdictOrNone(
  governor: ToolGovernor,
  call: ToolCall,
): Promise<ReadVerdict | undefined> {
  try {
    return await governor.verdict(call);
  } catch {
    return undefined;
  }
}

/** A copy of a tool, of its class and with all it has, except for what is given. */
export function copyWith<T extends object>(tool: T, members: Readonly<Record<string, unknown>>): T {
  const copy = Object.create(Object.getPrototypeOf(tool) as object) as T;
  return Object.assign(copy, tool, members);
}
