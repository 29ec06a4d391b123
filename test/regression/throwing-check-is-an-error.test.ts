import { sampleValue, seriesOf } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// A check that threw was timed as a success: the latency panel looked best while the policy engine was down.

test.each<[how: string, check: () => Promise<boolean> | boolean]>([
  [
    'throws',
    () => {
      throw new TypeError('no engine');
    },
  ],
  ['rejects', async () => Promise.reject(new TypeError('no engine'))],
])('a check that %s is an error, neither allowed nor denied', async (_, check) => {
  const obs = observed();
  await expect((async () => obs.kernel.policyCheck('files', check))()).rejects.toThrow('no engine');
  const families = await exposed(obs);
  const counts = seriesOf(families, 'agent_os_policy_check_duration_seconds_count');
  expect(counts.map(({ labels, value }) => [labels['result'], value])).toEqual([['error', 1]]);
  const failure = { policy: 'files', error_type: 'TypeError' };
  expect(sampleValue(families, 'agent_os_policy_evaluation_errors_total', failure)).toBe(1);
});
