import { activeId, idOf, tracing, withContextManager } from './support.js';

withContextManager();

const seconds = ([s, nanos]: readonly [number, number]): number => s + nanos / 1e9;

test('a verification is a span that is active while it runs', async () => {
  const { tracer, only } = tracing();
  let active: string | undefined;
  const agreed = await tracer.verification({ claimId: 'c-1' }, async () => {
    active = activeId();
    return 2;
  });
  expect(agreed).toBe(2);
  const span = only('kernel.verification');
  expect(active).toBe(idOf(span));
  expect(span.attributes).toEqual({ 'kernel.component': 'verifier', 'agent_os.claim.id': 'c-1' });
  expect(seconds(span.duration)).toBeLessThan(60);
});

test.each<[what: string, durationSeconds: unknown, atLeast: number]>([
  ['which has taken long', 120, 119],
  ['whose time is no number', 'two minutes', 0],
  ['whose time is negative', -5, 0],
  ['whose time has no end', Infinity, 0],
])('one that has ended already, %s', (_, durationSeconds, atLeast) => {
  const { tracer, only } = tracing();
  tracer
    .startVerification({ result: 'verified', driftScore: 0.1, durationSeconds: durationSeconds as number })
    .end();
  const span = only('kernel.verification');
  expect(seconds(span.duration)).toBeGreaterThanOrEqual(atLeast);
  expect(seconds(span.duration)).toBeLessThan(atLeast + 60);
  expect(span.attributes).toMatchObject({
    'agent_os.verification.result': 'verified',
    'agent_os.drift_score': 0.1,
  });
});

test('one that cannot be read is a span all the same', () => {
  const { tracer, only } = tracing();
  tracer.startVerification(null as never).end();
  expect(only('kernel.verification').attributes).toEqual({ 'kernel.component': 'verifier' });
});

test('a check of one policy shows it as those of several', () => {
  const { tracer, only } = tracing();
  tracer.policyCheck({ agentId: 'a', action: 'b', policy: 'files' }, () => true);
  expect(only('kernel.policy_check').attributes['agent_os.policies']).toEqual(['files']);
});
