import { say } from './diagnostics/console-logger.js';
import { ObservabilityError } from './diagnostics/errors.js';
import type { Observability } from './observability.js';
import type { ObservabilityOptions } from './options/options.js';
import { compareOptions } from './options/same-options.js';

/** One per process, over all copies of this package: two would fight for the port and the global providers. */
const CLAIM = Symbol.for('agent-os-observability.claim');
type Claim = {
  readonly options: ObservabilityOptions;
  handle?: Observability;
  ending?: true;
  repeated?: true;
};
const holder = globalThis as { [CLAIM]?: Claim };

/** What a handle says of its end. */
export interface HeldClaim {
  ending(): void;
  ended(): void;
}

/**
 * Starts where nobody has; gives the running handle for the same options, as far as can be told, throws for others and
 * while it ends.
 */
export function claimProcess(
  options: ObservabilityOptions,
  start: (claim: HeldClaim) => Observability,
): Observability {
  const held = holder[CLAIM];
  if (held?.handle !== undefined) {
    if (held.ending)
      throw alreadyInitialized('before, and its handle is shutting down; await its shutdown()');
    const { same, alike } = compareOptions(held.options, options);
    if (same) {
      if (alike.length > 0) sayKept(held, alike);
      return held.handle;
    }
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

/** Once, since a dev server does so at each change of a file. */
function sayKept(held: Claim, alike: readonly string[]): void {
  if (held.repeated) return;
  held.repeated = true;
  say(
    'warn',
    'initObservability was called again, as by a hot reload, and gives the handle of the first call. What it was given ' +
      `then stays in use: ${alike.join(', ')}. To start anew, await shutdown() of the handle before.`,
  );
}
