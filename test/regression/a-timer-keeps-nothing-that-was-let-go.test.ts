import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nextTurn } from '../../src/common/timers.js';
import type { AskedApproval } from '../../src/instruments/pending-approval.js';
import { ViolationStops } from '../../src/instruments/violation-stops.js';
import { WaitingApprovals } from '../../src/instruments/waiting-approvals.js';
import { recording } from '../instruments/support.js';

// What waited for five seconds, or for days, was kept by its timer with all of a handle that had ended: a host that starts
// anew again and again held one handle more each time.

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A timer that is set, and never comes. */
const set: (() => void)[] = [];

const WAITING: Readonly<Record<string, () => object>> = {
  'a violation of which nobody says that it was stopped': () => {
    const stops = new ViolationStops(recording().instruments, (_, act) => {
      set.push(act);
      return () => {};
    });
    stops.violated(undefined, 'high', 'files', 'read', 'a');
    return stops;
  },
  'an approval that nobody answers': () => {
    const approvals = new WaitingApprovals(
      () => 0,
      () => {},
    );
    approvals.add({ deadlineMillis: 1 } as AskedApproval);
    return approvals;
  },
};

const weakly = (make: () => object): WeakRef<object> => new WeakRef(make());

test.each(Object.entries(WAITING))('%s is kept by no timer', async (_, make) => {
  const waiting = weakly(make);
  await nextTurn();
  collectGarbage();
  expect(waiting.deref()).toBeUndefined();
  for (const act of set) expect(act).not.toThrow();
});
