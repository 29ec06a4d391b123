import { KILL_OUTCOMES, type KillOutcome } from '../../src/semconv/index.js';
import { createTestObservability } from '../../src/testing/index.js';

// A kill whose answer said that it had failed, was refused or had stopped nothing, in any other words than ours, counted as
// stopped: with a SIGKILL and a time of containment.

const throwing = (member: string) =>
  Object.defineProperty({}, member, {
    get() {
      throw new Error('not to be read');
    },
  });
const cyclic: { result?: unknown } = {};
cyclic.result = cyclic;
const wide: unknown[] = [];
for (let n = 0; n < 1000; n++) wide.push(wide);

const ANSWERS: Record<KillOutcome, readonly unknown[]> = {
  failed: [
    { status: 'failed' },
    { status: 'error' },
    { status: 'Failure', message: 'x' },
    { outcome: 'FAILED' },
    { errors: ['x'] },
    { errors: 1 },
    { failed: ['a'] },
    { failed: true, ok: true },
    { result: { error: 'x' } },
    { ok: true, result: 'failed' },
    { status: 'fulfilled', value: { status: 'failed' } },
    'FAILED',
    'failed: no such process',
    'error',
    [...Array.from({ length: 1000 }, () => true), new Error('x')],
    throwing('status'),
    throwing('killed'),
    throwing('errors'),
    throwing('result'),
    cyclic,
    wide,
  ],
  timed_out: [
    { status: 'timed_out' },
    { status: 'TIMED-OUT' },
    { result: 'timeout' },
    { timedOut: true },
    { timed_out: true },
    'timeout',
    'Timed out',
    'DEADLINE_EXCEEDED',
  ],
  refused: [
    { status: 'refused' },
    { outcome: 'Denied' },
    { status: 'permission denied' },
    'forbidden',
    'not-allowed',
  ],
  nothing_stopped: [
    { result: { stopped: false } },
    { result: false },
    { killed: 0 },
    { stopped: 0 },
    { killed: [] },
    { terminated: [] },
    { status: 'nothing stopped' },
    { status: 'not_found' },
    { status: 'ok', result: { killed: 0 } },
    'nothing-stopped',
    'no',
  ],
  stopped: [
    undefined,
    null,
    true,
    {},
    { status: 'success' },
    { status: 'ok' },
    { status: 'stopped' },
    { status: 'KILLED' },
    { status: 'terminated' },
    { status: 0 },
    { ok: true },
    { stopped: 2, failed: 0, errors: [], error: null, timedOut: false },
    { killed: ['failover'] },
    { result: { stopped: true } },
    { value: 0 },
    'stopped',
    'Killed',
    Array.from({ length: 2000 }, () => true),
  ],
};

const CASES = KILL_OUTCOMES.flatMap((outcome) =>
  ANSWERS[outcome].map((answer) => [outcome, answer] as const),
);

test.each(CASES)('%#: is $0, and a SIGKILL only where it stopped something', async (outcome, answer) => {
  const obs = createTestObservability();
  jest.spyOn(console, 'warn').mockImplementation();
  expect(obs.kills.kill({ agentId: 'a', reason: 'drift' }, () => answer)).toBe(answer);
  const series = (await obs.series()).filter(({ value, count }) => (count ?? value) !== 0);
  const of = (metric: string) => series.filter(({ name }) => name === metric);
  expect(of('agent_os_kill_attempts_total').map(({ labels }) => labels['outcome'])).toEqual([outcome]);
  const kills = outcome === 'stopped' ? 1 : 0;
  expect(of('agent_os_sigkill_total')).toHaveLength(kills);
  expect(of('agent_os_containment_seconds')).toHaveLength(kills);
  await obs.shutdown();
});
