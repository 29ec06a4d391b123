import { METRICS } from '../../src/semconv/index.js';
import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// The execution histogram ended at 5 s, so that no quantile could pass 5 s and ExecutionTimeout (> 5 s) never fired.

test('there are buckets above five seconds', () => {
  expect(METRICS.agent_os_execution_duration_seconds.buckets.filter((bound) => bound > 5)).toEqual([10, 30]);
});

test('an action of seven seconds lies between 5 and 10', async () => {
  const obs = observed();
  obs.kernel.recordExecution({ action: 'read', status: 'success', durationSeconds: 7 });
  const families = await exposed(obs);
  const upTo = (le: string) => sampleValue(families, 'agent_os_execution_duration_seconds_bucket', { le });
  expect([upTo('5'), upTo('10'), upTo('+Inf')]).toEqual([0, 1, 1]);
});
