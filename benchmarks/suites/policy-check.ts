import { swallow, timed } from '../harness/timed.js';
import { type Suite, fewProcesses } from '../harness/subject.js';
import { startAgentOs } from '../peers/agent-os.js';
import { exposedTotals } from '../peers/exposed-totals.js';
import { ACTIONS, POLICIES } from '../workloads/names.js';
import { isAllowed, isAllowedAsync } from '../workloads/policy-checks.js';
import { each, eachAwaited, Pool, Random } from '../workloads/random.js';

const METRIC = 'agent_os_policy_check_duration_seconds_count';

function calls(): Pool<{ policy: string; action: string }> {
  const random = new Random(5);
  return new Pool(
    Array.from({ length: 1024 }, () => ({ policy: random.pick(POLICIES), action: random.pick(ACTIONS) })),
  );
}

async function expectTotal(source: { export(): Promise<string> }, times: number): Promise<void> {
  const { total } = exposedTotals(await source.export(), METRIC);
  if (total !== times) throw new Error(`${times} checks were made and ${total} recorded`);
}

/** What it costs to have a check timed and counted. */
export const policyCheck: Suite = {
  name: 'policy-check',
  title: 'A policy check, wrapped',
  about:
    'A check that costs next to nothing (it looks an action up in a set) runs bare, and wrapped by ' +
    '`kernel.policyCheck`, which times it and records verdict and duration. What it adds is the price of the wrapper.',
  table: 'baseline',
  repeat: fewProcesses,
  subjects: [
    {
      id: 'sync-bare',
      label: 'a function, bare',
      open(budget) {
        const pool = calls();
        return timed(
          {
            run: each(pool, ({ action }) => swallow(isAllowed(action))),
          },
          budget,
        );
      },
    },
    {
      id: 'sync-wrapped',
      label: 'a function in `kernel.policyCheck`',
      comparedWith: ['sync-bare'],
      open(budget) {
        const obs = startAgentOs();
        const pool = calls();
        return timed(
          {
            run: each(pool, ({ policy, action }) => {
              swallow(obs.kernel.policyCheck(policy, () => isAllowed(action)));
            }),
            verify: (times) => expectTotal(obs, times),
          },
          budget,
        );
      },
    },
    {
      id: 'async-bare',
      label: 'an async function, bare',
      open(budget) {
        const pool = calls();
        return timed(
          {
            run: eachAwaited(pool, ({ action }) => isAllowedAsync(action)),
          },
          budget,
        );
      },
    },
    {
      id: 'async-wrapped',
      label: 'an async function in `kernel.policyCheck`',
      comparedWith: ['async-bare'],
      open(budget) {
        const obs = startAgentOs();
        const pool = calls();
        return timed(
          {
            run: eachAwaited(pool, ({ policy, action }) =>
              obs.kernel.policyCheck(policy, () => isAllowedAsync(action)),
            ),
            verify: (times) => expectTotal(obs, times),
          },
          budget,
        );
      },
    },
  ],
};
