import { callBench, checked, type CallBench } from './support.js';

const UNEVALUATED = 'agent_os_policy_unevaluated_total';

let bench: CallBench;
beforeEach(() => (bench = callBench()));
afterEach(() => bench.obs.shutdown());

test.each([
  ['an allow after a failure', { allowed: true, failOpen: true }, 'allowed', 'backend_error'],
  ['an allow beside an error', { allowed: true, error: 'down' }, 'unknown', 'backend_error'],
  ['an allow from a cache', { allowed: true, cached: true }, 'allowed', 'cached'],
  ['a denial by a rate limit', { allowed: false, rateLimited: true }, 'denied', 'rate_limited'],
])('%s is counted, and its span and event say how it came about', async (_, answer, enforced, provenance) => {
  bench.verbs.policyCheck(checked, () => answer);
  expect(await bench.counted(UNEVALUATED)).toEqual({
    [`${UNEVALUATED} enforced=${enforced},policy=files,provenance=${provenance}`]: 1,
  });
  const said = { 'agent_os.enforced': enforced, 'agent_os.provenance': provenance };
  const [check] = bench.obs.spans().filter(({ name }) => name === 'kernel.policy_check');
  expect(check?.attributes).toMatchObject(said);
  const decisions = bench.events().filter(({ name }) => name === 'agent_os.decision');
  const isEvent = enforced !== 'allowed' || provenance === 'backend_error';
  expect(decisions.map(({ attributes }) => attributes)).toEqual(
    isEvent ? [expect.objectContaining(said)] : [],
  );
});
