import { createTestObservability } from '../../../src/testing/index.js';

/** A host that leaves the rejection of a check unhandled. */
const obs = createTestObservability();
void obs.kernel.policyCheck('p', () => Promise.reject(new Error('left alone')));
