import type { PolicyDecisionResult } from '@microsoft/agent-governance-sdk';
import { Screen } from '../../../examples/demo/screen.js';
import { durationText, progressText, summaryText, type SideCounts } from '../../../examples/demo/summary.js';
import { Tally } from '../../../examples/demo/tally.js';
import { textTable } from '../../../examples/demo/text-table.js';

const verdict = (action: PolicyDecisionResult['action'], rateLimited = false): PolicyDecisionResult => ({
  allowed: action === 'allow',
  action,
  rateLimited,
  approvers: [],
  evaluatedAt: new Date(0),
});
const side: SideCounts = {
  agents: { active: 6, killed: 2, recovered: 1, crashed: 3 },
  verifications: { verified: 10, flagged: 2, rejected: 1, verifierErrors: 4 },
  bus: { published: 50, delivered: 47, deadLetters: 3 },
};

function tallied(): Tally {
  const tally = new Tally();
  const add = (action: string, ...rest: [PolicyDecisionResult, 'success' | 'error' | 'denied']) =>
    tally.add(action, ...rest);
  add('get_guest', verdict('allow'), 'success');
  add('get_guest', verdict('allow'), 'success');
  add('get_guest', verdict('allow'), 'success');
  add('book_room', verdict('allow'), 'error');
  add('book_room', verdict('deny', true), 'denied');
  add('refund', verdict('require_approval'), 'denied');
  add('delete_guest', verdict('deny'), 'denied');
  for (const microseconds of [20, 30, 40, 5000]) tally.addCheck('get_guest', microseconds / 1e6);
  tally.addCheck('book_room', 0.25);
  return tally;
}

describe('the summary', () => {
  it('shows what was governed, the most frequent action first, and what else went on', () => {
    expect(summaryText(tallied(), side)).toBe(
      [
        'action        calls  allowed  denied  asked  rate-limited  errors  check p50  check p95',
        '───────────────────────────────────────────────────────────────────────────────────────',
        'get_guest         3        3       0      0             0       0      40 µs     5.0 ms',
        'book_room         2        1       0      0             1       1   250.0 ms   250.0 ms',
        'delete_guest      1        0       1      0             0       0          –          –',
        'refund            1        0       0      1             0       0          –          –',
        'all               7        4       1      1             1       1      40 µs   250.0 ms',
        '',
        'agents         2 killed, 1 recovered, 3 crashed',
        'verifications  10 verified, 2 flagged, 1 rejected; 4 verifier errors',
        'bus messages   50 published, 47 delivered, 3 dead letters',
      ].join('\n'),
    );
  });

  it('has a line for while it runs', () => {
    expect(progressText(tallied(), side)).toBe(
      '7 calls: 4 allowed, 1 denied, 1 asked, 1 limited, 1 errors · check p95 250.0 ms · agents 6 active, 2 killed · ' +
        '13 verified · 50 messages',
    );
  });

  it('can be made of nothing', () => {
    expect(summaryText(new Tally(), side)).toContain('all         0        0');
  });

  it('keeps a bounded number of check times', () => {
    const tally = new Tally();
    tally.addCheck('a', 1);
    for (let count = 0; count < 2000; count += 1) tally.addCheck('a', 0.001);
    expect(tally.checkQuantile(1, 'a')).toBe(0.001);
  });

  it.each([
    [undefined, '–'],
    [0, '0 µs'],
    [0.0000124, '12 µs'],
    [0.00124, '1.2 ms'],
    [12.34, '12.3 s'],
  ])('says %s s as %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('a text table', () => {
  it('is as wide as its widest cells, and leaves no blanks at line ends', () => {
    expect(
      textTable([{ title: 'a' }, { title: 'n', align: 'right' }, { title: 'c' }], [['long cell', '1', '']]),
    ).toBe(['a          n  c', '───────────────', 'long cell  1'].join('\n'));
  });
});

describe('the screen', () => {
  const screenOn = (isTTY: boolean) => {
    const written: string[] = [];
    const out = { isTTY, columns: 20, write: (text: string) => written.push(text) > 0 };
    return { screen: new Screen(out), written };
  };

  it('writes a line over on a terminal, cut to its width, and keeps it under what is printed', () => {
    const { screen, written } = screenOn(true);
    screen.update('x'.repeat(30));
    screen.print('a tree');
    screen.settle();
    expect(written).toEqual([`\r\x1b[2K${'x'.repeat(19)}`, `\r\x1b[2Ka tree\n${'x'.repeat(19)}`, '\n']);
  });

  it('writes plain lines elsewhere', () => {
    const { screen, written } = screenOn(false);
    screen.update('7 calls');
    screen.print('the end');
    screen.settle();
    expect(written).toEqual(['7 calls\n', 'the end\n']);
  });
});
