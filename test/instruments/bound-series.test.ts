import { KernelMetrics } from '../../src/instruments/index.js';
import type { Decision, Enforcement } from '../../src/semconv/index.js';
import { recording } from './support.js';

const CHECKS = 'agent_os_policy_check_duration_seconds';
const DECISIONS = 'agent_os_policy_decisions_total';
const DROPPED = 'agent_os_telemetry_dropped_total';

const OUTCOMES: [policy: string, decision: Decision, enforced: Enforcement, seconds: number][] = [
  ['files', 'allow', 'allowed', 0.001],
  ['files', 'deny', 'denied', 0.002],
  ['mail', 'warn', 'allowed', 0.004],
  ['files', 'allow', 'allowed', 0.008],
];

test('a check and its decision in one go are what they are one by one', async () => {
  const [together, apart] = [recording(), recording()];
  const one = new KernelMetrics(together.instruments);
  const two = new KernelMetrics(apart.instruments);
  for (const [policy, decision, enforced, durationSeconds] of OUTCOMES) {
    one.countCheck(policy, decision, enforced, durationSeconds);
    two.recordPolicyCheck({ policy, result: enforced, durationSeconds });
    two.recordDecision({ policy, decision, enforced });
  }
  const [ours, theirs] = [await together.collect(), await apart.collect()];
  for (const name of [CHECKS, DECISIONS] as const) expect(ours.points(name)).toEqual(theirs.points(name));
});

test('beyond the cap of policies each check is counted as an overflow, as one by one', async () => {
  const [together, apart] = [{ open: 1 }, { open: 1 }].map((cardinalityLimits) =>
    recording({ cardinalityLimits }),
  );
  const one = new KernelMetrics(together!.instruments);
  const two = new KernelMetrics(apart!.instruments);
  for (const policy of ['files', 'mail', 'mail', 'files']) {
    one.countCheck(policy, 'allow', 'allowed', 0.001);
    two.recordPolicyCheck({ policy, result: 'allowed', durationSeconds: 0.001 });
    two.recordDecision({ policy, decision: 'allow', enforced: 'allowed' });
  }
  const [ours, theirs] = [await together!.collect(), await apart!.collect()];
  expect(ours.find(DECISIONS, { decision: 'allow', enforced: 'allowed', policy: '__overflow__' })).toBe(2);
  for (const name of [CHECKS, DECISIONS, DROPPED] as const)
    expect(ours.points(name)).toEqual(theirs.points(name));
});

test.each([[NaN], [-1], [Infinity], ['1'], [undefined]])(
  'a duration of %p is dropped and counted; the decision is counted all the same',
  async (seconds) => {
    const { instruments, collect } = recording();
    const kernel = new KernelMetrics(instruments);
    kernel.countCheck('files', 'allow', 'allowed', 0.001);
    kernel.countCheck('files', 'allow', 'allowed', seconds as number);
    const found = await collect();
    expect(found.total(DECISIONS)).toBe(2);
    expect(found.find(DROPPED, { signal: 'metrics', reason: 'invalid_value' })).toBe(1);
  },
);

test('words that are none of the contract are counted as such, each time', async () => {
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  for (let i = 0; i < 2; i++) kernel.countCheck('files', 'maybe' as never, 'allowed', 0.001);
  const found = await collect();
  expect(found.find(DECISIONS, { decision: 'unknown', enforced: 'allowed', policy: 'files' })).toBe(2);
  expect(found.find(DROPPED, { signal: 'metrics', reason: 'invalid_label' })).toBe(2);
});
