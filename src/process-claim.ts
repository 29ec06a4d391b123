import { ObservabilityError } from './errors.js';
import type { Observability } from './observability.js';
import type { ObservabilityOptions } from './options.js';

/** One per process, over all copies of this package: two would fight for the port and the global providers. */
const CLAIM = Symbol.for('agent-os-observability.claim');
type Claim = { readonly options: ObservabilityOptions; readonly handle: Observability };
const holder = globalThis as { [CLAIM]?: Claim };

/** Starts where nobody has; gives the running handle for the same options, throws for others. */
export function claimProcess(
  options: ObservabilityOptions,
  start: (release: () => void) => Observability,
): Observability {
  const claim = holder[CLAIM];
  if (claim !== undefined) {
    if (same(claim.options, options)) return claim.handle;
    throw new ObservabilityError(
      'AOO_ALREADY_INITIALIZED',
      'initObservability was called before with other options; keep that handle and share it, ' +
        'or await its shutdown() first',
    );
  }
  const handle = start(() => delete holder[CLAIM]);
  holder[CLAIM] = { options: { ...options }, handle };
  return handle;
}

/** Equal by value for plain data, by identity for everything else. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(a[key], b[key]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
