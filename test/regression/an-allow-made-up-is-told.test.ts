import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// An engine whose backend was down answered with an allow all the same, and it counted like any other.

const UNEVALUATED = 'agent_os_policy_unevaluated_total';

test('an allow after a failure is counted apart, from 0 on', async () => {
  const obs = observed();
  const made = async (provenance: string, policy: string, enforced = 'allowed') =>
    sampleValue(await exposed(obs), UNEVALUATED, { provenance, enforced, policy });
  expect([await made('backend_error', 'unknown'), await made('timeout', 'unknown')]).toEqual([0, 0]);

  obs.kernel.policyCheck('opa', () => ({ allowed: true, failOpen: true }));
  expect(await made('backend_error', 'opa')).toBe(1);

  obs.kernel.policyCheck('opa', () => ({ allowed: true, error: 'the request timed out' }));
  expect(await made('timeout', 'opa', 'unknown')).toBe(1);
});

test.each<[what: string, answer: unknown]>([
  ['a status of the transport around a denial', { status: 'ok', data: { allowed: false } }],
  ['a word of the transport', { result: 'ok', data: { allowed: false } }],
  ['a flag that an answer within contradicts', { allowed: true, result: { allow: false } }],
  ['a word that another contradicts', { decision: 'allow', outcome: 'blocked' }],
  ['a failure in a word', { allowed: true, status: 'error' }],
  ['a guardrail that could not run', { tripwireTriggered: false, executionFailed: true }],
  [
    'a policy that could not be evaluated',
    { decision: 'allow', diagnostics: { reason: ['a'], errors: ['b'] } },
  ],
  ['a count of violations', { allowed: true, violations: 3 }],
  ['a word that means nothing was done', 'none'],
])('%s is no allow', async (_, answer) => {
  const obs = observed();
  obs.kernel.policyCheck('p', () => answer as boolean);
  const result = (name: string) =>
    exposed(obs).then((page) =>
      sampleValue(page, 'agent_os_policy_check_duration_seconds_count', { result: name, policy: 'p' }),
    );
  expect(await result('allowed')).toBeUndefined();
  expect((await result('unknown')) ?? (await result('denied'))).toBe(1);
});
