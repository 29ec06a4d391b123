import { createTestObservability } from '../../../src/testing/index.js';

/** A host that handles its own promises, and does not look at what we return for them. */
const obs = createTestObservability();
const answer = Promise.reject(new Error('handled by the host'));
answer.catch(() => undefined);
void obs.kernel.policyCheck('p', () => answer);
void obs.kernel.execution('a', () => answer);
void obs.tracer.span('work', {}, () => answer);
