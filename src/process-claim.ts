import { ObservabilityError } from './diagnostics/errors.js';
import type { Observability } from './observability.js';
import type { ObservabilityOptions } from './options/options.js';

/** One per process, over all copies of this package: two would fight for the port and the global providers. */
const CLAIM = Symbol.for('agent-os-observability.claim');
type Claim = { readonly options: ObservabilityOptions; handle?: Observability; ending?: true };
const holder = globalThis as { [CLAIM]?: Claim };

/** What a handle says of its end. */
export interface HeldClaim {
  ending(): void;
  ended(): void;
}

/** Starts where nobody has; gives the running handle for the same options, throws for others and while it ends. */
export function claimProcess(
  options: ObservabilityOptions,
  start: (claim: HeldClaim) => Observability,
): Observability {
  const held = holder[CLAIM];
  if (held?.handle !== undefined) {
    if (held.ending)
      throw alreadyInitialized('before, and its handle is shutting down; await its shutdown()');
    if (same(held.options, options)) return held.handle;
    throw alreadyInitialized(
      'before with other options; keep that handle and share it, or await its shutdown()',
    );
  }
  const claim: Claim = { options: { ...options } };
  const handle = start({
    ending: () => (claim.ending = true),
    ended: () => holder[CLAIM] === claim && delete holder[CLAIM],
  });
  holder[CLAIM] = Object.assign(claim, { handle });
  return handle;
}

function alreadyInitialized(what: string): ObservabilityError {
  return new ObservabilityError('AOO_ALREADY_INITIALIZED', `initObservability was called ${what} first`);
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
