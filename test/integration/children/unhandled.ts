import { observeOutcome } from '../../../src/common/outcome.js';

/** A host that leaves the rejection of a call unhandled which it has from us alone. */
void observeOutcome(
  () => Promise.reject(new Error('left alone')),
  () => undefined,
);
