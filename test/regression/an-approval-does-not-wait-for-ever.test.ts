import { ApprovalMetrics } from '../../src/instruments/index.js';
import { recording } from '../instruments/support.js';

// Of an approval that nobody answered, `agent_os_approvals_waiting` told for the life of the process.

const question = { agentId: 'a-1', action: 'delete_file', policy: 'files' };

function bench() {
  const { instruments, collect, clock } = recording();
  return { approvals: new ApprovalMetrics(instruments), collect, clock };
}

test('what nobody answers expires after a week, or when the host says, and counts once', async () => {
  const { approvals, collect, clock } = bench();
  approvals.ask(question);
  const hour = approvals.ask({ ...question, expiresAfterSeconds: 3600 });
  const odd = approvals.ask({ ...question, expiresAfterSeconds: NaN });
  clock.advance(3_600_000);
  approvals.waiting.sweep();
  expect((await collect()).find('agent_os_approvals_waiting')).toBe(2);
  odd.answered({ outcome: 'approved', approver: 'human' });
  clock.advance(7 * 86_400_000);
  approvals.waiting.sweep();
  const found = await collect();
  expect(found.find('agent_os_approvals_waiting')).toBe(0);
  expect(found.find('agent_os_approvals_total', { outcome: 'expired', approver: 'unknown' })).toBe(2);
  expect(found.timed('agent_os_approval_wait_seconds', { outcome: 'expired' })?.count).toBe(2);

  // What comes late counts no more, and holds for what runs.
  expect(hour.running({ action: 'delete_file' })).toBe('unapproved');
  hour.answered({ outcome: 'approved', approver: 'human' });
  hour.answered({ outcome: 'denied', approver: 'human' });
  expect(hour.running({ action: 'delete_file' })).toBe('same');
  expect((await collect()).total('agent_os_approvals_total')).toBe(3);
  expect((await collect()).find('agent_os_approvals_waiting')).toBe(0);
});

test('a host that never answers fills no memory: past 10 000, the one that waited longest expires', async () => {
  const { approvals, collect } = bench();
  for (let asked = 0; asked <= 10_000; asked++) approvals.ask(question);
  const found = await collect();
  expect(found.find('agent_os_approvals_waiting')).toBe(10_000);
  expect(found.find('agent_os_approvals_total', { outcome: 'expired', approver: 'unknown' })).toBe(1);
});
