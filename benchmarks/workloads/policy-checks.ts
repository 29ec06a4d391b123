import type { CheckResult } from 'agent-os-observability/semconv';
import { ACTIONS, POLICIES } from './names.js';
import { Random } from './random.js';

const POOL = 4096;

export interface PolicyCheck {
  readonly policy: string;
  readonly result: CheckResult;
  readonly durationSeconds: number;
  readonly labels: { readonly policy: string; readonly result: CheckResult };
}

/** Checks of ten policies, most of them allowed, most of them well under a millisecond. */
export function policyChecks(): PolicyCheck[] {
  const random = new Random(3);
  return Array.from({ length: POOL }, (_, i) => {
    const policy = random.pick(POLICIES);
    const result = random.next() < 0.9 ? 'allowed' : random.next() < 0.9 ? 'denied' : 'error';
    const durationSeconds = 0.00002 * Math.exp(4 * random.next());
    const labels = i % 2 === 0 ? { policy, result } : { result, policy };
    return { policy, result, durationSeconds, labels } as PolicyCheck;
  });
}

export function distinctChecks(checks: readonly PolicyCheck[]): number {
  return new Set(checks.map(({ policy, result }) => `${policy}\n${result}`)).size;
}

const ALLOWED: ReadonlySet<string> = new Set(ACTIONS.filter((action) => !action.startsWith('delete')));

/** A check that costs next to nothing, so that what is measured is the wrapper. */
export function isAllowed(action: string): boolean {
  return ALLOWED.has(action);
}

export async function isAllowedAsync(action: string): Promise<boolean> {
  return ALLOWED.has(action);
}
