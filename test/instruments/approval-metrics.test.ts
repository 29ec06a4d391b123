import type { LogRecord } from '../../src/common/host-types.js';
import { GovernanceEvents } from '../../src/events/governance-events.js';
import { ApprovalMetrics, type ApprovalAnswer } from '../../src/instruments/index.js';
import { recording, warnings } from './support.js';

const question = { agentId: 'a-1', action: 'delete_file', policy: 'files' };
const approved: ApprovalAnswer = { outcome: 'approved', approver: 'human' };

function bench() {
  const { instruments, collect, clock } = recording();
  const records: LogRecord[] = [];
  const logger = { emit: (record: LogRecord) => void records.push(record) };
  instruments.emitInto(new GovernanceEvents({ getLogger: () => logger }));
  const approvals = new ApprovalMetrics(instruments);
  const told = () =>
    records.map(({ severityText, attributes }) => [severityText, attributes?.['agent_os.approval.outcome']]);
  return { approvals, collect, clock, records, told };
}

test('what is asked waits until it is answered, which is counted with its class and its time', async () => {
  const { approvals, collect, clock } = bench();
  const first = approvals.ask(question);
  const second = approvals.ask({ ...question, policy: 'mail' });
  expect((await collect()).find('agent_os_approvals_waiting')).toBe(2);
  clock.advance(90_000);
  first.answered(approved);
  second.answered({ outcome: 'escalated', approver: 'model' });
  const found = await collect();
  expect(found.find('agent_os_approvals_waiting')).toBe(0);
  expect(found.find('agent_os_approvals_requested_total', { policy: 'files' })).toBe(1);
  expect(found.find('agent_os_approvals_requested_total', { policy: 'mail' })).toBe(1);
  expect(found.find('agent_os_approvals_total', { outcome: 'approved', approver: 'human' })).toBe(1);
  expect(found.find('agent_os_approvals_total', { outcome: 'escalated', approver: 'model' })).toBe(1);
  expect(found.timed('agent_os_approval_wait_seconds', { outcome: 'approved' })).toEqual({
    count: 1,
    sum: 90,
  });
});

test('only the first answer counts', async () => {
  const { approvals, collect } = bench();
  const pending = approvals.ask(question);
  pending.answered({ outcome: 'denied', approver: 'policy' });
  pending.answered(approved);
  const found = await collect();
  expect(found.total('agent_os_approvals_total')).toBe(1);
  expect(found.find('agent_os_approvals_waiting')).toBe(0);
  expect(pending.running({ action: 'delete_file' })).toBe('unapproved');
});

test.each<[what: string, asked: unknown, ran: { action: string; params?: unknown }, is: string]>([
  [
    'the same arguments',
    { path: '/a', force: true },
    { action: 'delete_file', params: { force: true, path: '/a' } },
    'same',
  ],
  ['no arguments on either side', undefined, { action: 'delete_file' }, 'same'],
  ['other arguments', { path: '/a' }, { action: 'delete_file', params: { path: '/' } }, 'changed'],
  ['another action', { path: '/a' }, { action: 'delete_all', params: { path: '/a' } }, 'changed'],
  [
    'arguments that nobody was asked about',
    undefined,
    { action: 'delete_file', params: { path: '/' } },
    'unknown',
  ],
  ['arguments that are not said when it runs', { path: '/a' }, { action: 'delete_file' }, 'unknown'],
  [
    'arguments that cannot be hashed',
    { run: () => 1 },
    { action: 'delete_file', params: { run: () => 1 } },
    'unknown',
  ],
])('%s', async (_, asked, ran, is) => {
  const said = warnings();
  const { approvals, collect } = bench();
  const pending = approvals.ask({ ...question, params: asked });
  pending.answered(approved);
  expect([pending.running(ran), pending.running(ran)]).toEqual([is, is]);
  const changed = (await collect()).find('agent_os_approved_action_changed_total', { policy: 'files' });
  expect(changed).toBe(is === 'changed' ? 2 : undefined);
  expect(said.filter((line) => line.includes('could not be compared'))).toHaveLength(
    is === 'unknown' ? 1 : 0,
  );
});

test('what runs before the answer, or against it, is unapproved, and told as an error', () => {
  const { approvals, told } = bench();
  const pending = approvals.ask(question);
  expect(pending.running({ action: 'delete_file' })).toBe('unapproved');
  pending.answered({ outcome: 'expired', approver: 'human' });
  expect(pending.running({ action: 'delete_file' })).toBe('unapproved');
  expect(told()).toEqual([
    ['INFO', 'asked'],
    ['ERROR', 'unapproved'],
    ['INFO', 'expired'],
    ['ERROR', 'unapproved'],
  ]);
});

test('events say what happened, and nothing of the arguments or of who answered', () => {
  const { approvals, records, clock } = bench();
  const pending = approvals.ask({ ...question, params: { path: '/secret' } });
  clock.advance(2000);
  pending.answered({ outcome: 'approved', approver: 'alice@example.com' as 'human' });
  pending.running({ action: 'delete_file', params: { path: '/other' } });
  expect(records.map(({ eventName, attributes }) => [eventName, attributes])).toEqual(
    [
      { 'agent_os.approval.outcome': 'asked' },
      {
        'agent_os.approval.outcome': 'approved',
        'agent_os.approver.class': 'unknown',
        'agent_os.wait_seconds': 2,
      },
      { 'agent_os.approval.outcome': 'changed' },
    ].map((more) => [
      'agent_os.approval',
      { 'agent.id': 'a-1', 'agent_os.action': 'delete_file', 'agent_os.policy': 'files', ...more },
    ]),
  );
  expect(JSON.stringify(records)).not.toMatch(/secret|other|alice/);
});

test('a verdict that was counted as asked is not asked a second time', async () => {
  const { approvals, collect } = bench();
  const verdict = { action: 'require_approval' };
  approvals.recordRequested({ policy: 'files', verdict });
  approvals.ask({ ...question, verdict }).answered(approved);
  approvals.recordRequested({ policy: 'files' });
  const found = await collect();
  expect(found.find('agent_os_approvals_requested_total', { policy: 'files' })).toBe(2);
  expect(found.find('agent_os_approvals_waiting')).toBe(0);
});

test('an answer from elsewhere is counted, with its time where there is one', async () => {
  const { approvals, collect } = bench();
  approvals.recordAnswered({ outcome: 'denied', approver: 'service', waitSeconds: 4 });
  approvals.recordAnswered({ outcome: 'denied', approver: 'service' });
  const found = await collect();
  expect(found.find('agent_os_approvals_total', { outcome: 'denied', approver: 'service' })).toBe(2);
  expect(found.timed('agent_os_approval_wait_seconds', { outcome: 'denied' })).toEqual({ count: 1, sum: 4 });
});

test('a question that cannot be read is said, and what is given for it does nothing', async () => {
  const said = warnings();
  const { approvals, collect } = bench();
  const pending = approvals.ask(null as never);
  pending.answered(approved);
  expect(pending.running({ action: 'x' })).toBe('unapproved');
  expect((await collect()).find('agent_os_approvals_waiting')).toBe(0);
  expect(said).toEqual([expect.stringContaining('ApprovalMetrics.ask: dropped')]);
});

test('an answer or a run that cannot be read counts for nothing, and a key that nobody reads is said', async () => {
  const said = warnings();
  const { approvals, collect } = bench();
  const pending = approvals.ask(question);
  pending.answered(null as never);
  pending.answered({ outcome: 'approved', by: 'human' } as never);
  expect(pending.running(undefined as never)).toBe('unknown');
  expect(pending.running({ act: 'delete_file' } as never)).toBe('changed');
  expect(
    (await collect()).find('agent_os_approvals_total', { outcome: 'approved', approver: 'unknown' }),
  ).toBe(1);
  expect(said).toEqual([
    expect.stringContaining('PendingApproval.answered: dropped'),
    expect.stringContaining('PendingApproval.answered: unknown key by'),
    expect.stringContaining('PendingApproval.running: dropped'),
    expect.stringContaining('PendingApproval.running: unknown key act'),
  ]);
});

test('without events it only counts', async () => {
  const { instruments, collect } = recording();
  new ApprovalMetrics(instruments).ask(question).answered(approved);
  expect((await collect()).total('agent_os_approvals_total')).toBe(1);
});
