import { observeOutcome } from '../outcome.js';

/** Calls a host's method and tells one of the two callbacks, once, how it ended; see {@link observeOutcome}. */
export function observe<T>(
  call: () => T,
  returned: (value: unknown) => void,
  threw: (error: unknown) => void,
): T {
  return observeOutcome(call, (outcome) => (outcome.threw ? threw(outcome.error) : returned(outcome.value)));
}
