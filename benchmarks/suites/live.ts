import type { Budget, Subject, Suite } from '../harness/subject.js';
import { swallow, timed } from '../harness/timed.js';
import { startAgentOs } from '../peers/agent-os.js';
import { exposedTotals } from '../peers/exposed-totals.js';
import { agentId, POLICIES } from '../workloads/names.js';
import { isAllowed } from '../workloads/policy-checks.js';
import { each, Pool, Random } from '../workloads/random.js';

const METRIC = 'agent_os_policy_check_duration_seconds_count';

/** What the live page costs while nobody looks at it. */
export const live: Suite = {
  name: 'live',
  title: 'The live page, while nobody looks',
  about:
    'A policy check of `obs.policyCheck` with metric, span and, where it denies, event and violation. The server listens in ' +
    'each case. Allowed checks and denied ones are measured apart, as the last events are kept for whoever looks next.',
  table: 'baseline',
  subjects: [
    {
      id: 'allowed-off',
      label: 'allowed, `live: false`',
      open: (budget) => checks(budget, false, 'read_file'),
    },
    {
      id: 'allowed-on',
      label: 'allowed, with the page',
      comparedWith: ['allowed-off'],
      open: (budget) => checks(budget, true, 'read_file'),
    },
    {
      id: 'denied-off',
      label: 'denied, `live: false`',
      open: (budget) => checks(budget, false, 'delete_file'),
    },
    {
      id: 'denied-on',
      label: 'denied, with the page',
      comparedWith: ['denied-off'],
      open: (budget) => checks(budget, true, 'delete_file'),
    },
  ],
};

function checks(budget: Budget, page: boolean, action: string): Subject {
  const obs = startAgentOs({ prometheus: { port: 0 }, live: page });
  const random = new Random(7);
  const pool = new Pool(
    Array.from({ length: 1024 }, () => ({
      agentId: agentId(Math.floor(random.next() * 100)),
      action,
      policy: random.pick(POLICIES),
    })),
  );
  return timed(
    {
      run: each(pool, (call) => swallow(obs.policyCheck(call, () => isAllowed(call.action)))),
      verify: async (times) => {
        const { total } = exposedTotals(await obs.export(), METRIC);
        if (total !== times) throw new Error(`${times} checks were made and ${total} recorded`);
      },
    },
    budget,
  );
}
