import { swallow, timed } from '../harness/timed.js';
import { retainedBytes } from '../harness/memory.js';
import {
  type Budget,
  type Subject,
  type SubjectDeclaration,
  type Suite,
  fewProcesses,
} from '../harness/subject.js';
import { COUNTING } from '../peers/counting.js';
import { exposedTotals } from '../peers/exposed-totals.js';
import { ACTIONS, agentId, POLICIES } from '../workloads/names.js';
import { SEVERITIES, type Labels } from '../workloads/violations.js';

/** Recordings before the measurement, after which what is held is counted. */
const FILLED = 100_000;

/** Ids without end. */
export const overflow: Suite = {
  name: 'overflow',
  title: 'Past the limit of series',
  about:
    'A counter with four labels is recorded with a new agent id each time, under the limits that each implementation ' +
    `has by default; prom-client has none. \`held\` is what ${FILLED.toLocaleString('en-US')} such recordings have left ` +
    'in the heap, and in typed arrays and buffers beside it. The first line makes the labels alone, which the others ' +
    'do too.',
  table: 'overflow',
  repeat: fewProcesses,
  subjects: [
    {
      id: 'labels',
      label: 'the labels alone',
      open: (budget) => recordingNewIds(swallow, undefined, budget),
    },
    ...COUNTING.map(({ id, label, comparedWith, open }): SubjectDeclaration => ({
      id,
      label,
      ...(comparedWith && { comparedWith }),
      open(budget) {
        const counting = open('default');
        const totals = async () => exposedTotals(await counting.export(), counting.metric);
        return recordingNewIds((labels) => counting.count(labels), totals, budget);
      },
    })),
  ],
};

async function recordingNewIds(
  record: (labels: Labels) => void,
  totals: (() => Promise<{ total: number; series: number }>) | undefined,
  budget: Budget,
): Promise<Subject> {
  let made = 0;
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) record(newLabels(made++));
  };
  const before = await retainedBytes();
  run(FILLED);
  const held = (await retainedBytes()) - before;
  const filled = await totals?.();
  const subject = timed(
    {
      run,
      async verify() {
        const total = (await totals?.())?.total ?? made;
        if (total !== made) throw new Error(`${made} recordings were made and ${total} are exposed`);
      },
    },
    budget,
  );
  return {
    warmUp: () => subject.warmUp(),
    round: () => subject.round(),
    finish: async () => ({ ...(await subject.finish()), held, series: filled?.series ?? 0 }),
  };
}

function newLabels(agent: number): Labels {
  const action = (agent * 7) % ACTIONS.length;
  return {
    agent_id: agentId(agent),
    action: ACTIONS[action] as string,
    policy: POLICIES[action % POLICIES.length] as string,
    severity: SEVERITIES[action % SEVERITIES.length] as Labels['severity'],
  };
}
