import { sampleValue } from '../../src/testing/samples.js';
import { exposed, family, observed } from './support.js';

// The consensus gauge began at 0, so that its alert fired before the first verification; and it was `1 - drift` of the
// last call, not what the verifiers had voted.

const verification = { result: 'verified', confidence: 0.9, driftScore: 0.4, durationSeconds: 1 } as const;

test('there is no consensus until somebody voted', async () => {
  const obs = observed();
  expect(family(await exposed(obs), 'agent_os_cmvk_consensus_ratio')).toBeUndefined();
  obs.cmvk.recordModelResponse({ model: 'a', latencySeconds: 1 });
  obs.cmvk.recordVerifierError({ model: 'a', errorType: 'timeout' });
  expect(family(await exposed(obs), 'agent_os_cmvk_consensus_ratio')).toBeUndefined();
});

test('consensus is votes, whatever the drift, over more than the last call', async () => {
  const obs = observed();
  obs.cmvk.recordVerification({ ...verification, modelCount: 3, agreeingCount: 3 });
  expect(sampleValue(await exposed(obs), 'agent_os_cmvk_consensus_ratio')).toBe(1);
  obs.cmvk.recordVerification({ ...verification, result: 'flagged', modelCount: 5, agreeingCount: 1 });
  expect(sampleValue(await exposed(obs), 'agent_os_cmvk_consensus_ratio')).toBe(0.5);
});

test('after five quiet minutes there is none again', async () => {
  let now = 0;
  const obs = observed({ clock: () => now });
  obs.cmvk.recordVerification(verification);
  expect(sampleValue(await exposed(obs), 'agent_os_cmvk_consensus_ratio')).toBe(1);
  now += 300_000;
  expect(family(await exposed(obs), 'agent_os_cmvk_consensus_ratio')).toBeUndefined();
});
