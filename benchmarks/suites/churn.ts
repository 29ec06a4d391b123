import { retainedBytes } from '../harness/memory.js';
import type { Budget, Sample, Subject, Suite } from '../harness/subject.js';
import { COUNTING, type Counting } from '../peers/counting.js';
import { exposedTotals } from '../peers/exposed-totals.js';
import { ACTIONS, agentId, POLICIES } from '../workloads/names.js';
import { SEVERITIES, type Labels } from '../workloads/violations.js';

const INTERVALS = 10;
const RECORDINGS_PER_AGENT = 10;
const ACTIONS_PER_AGENT = 2;
const recordingsPerInterval = ({ name }: Budget): number => (name === 'full' ? 300_000 : 50_000);

/** Ids that come and go, as of a host that starts an agent for each task. */
export const churn: Suite = {
  name: 'churn',
  title: 'Memory while ids come and go',
  about:
    `A counter with four labels, a new agent id each ${RECORDINGS_PER_AGENT} recordings, under the limits that each ` +
    `implementation has by default. ${INTERVALS} times, after as many recordings and a scrape, what is held is counted ` +
    'after forced collections: the heap, and typed arrays and buffers beside it. What the process held before the ' +
    'first recording is taken off.',
  table: 'churn',
  subjects: COUNTING.map(({ id, label, comparedWith, open }) => ({
    id,
    label,
    ...(comparedWith && { comparedWith }),
    async open(budget: Budget): Promise<Subject> {
      const counting = open('default');
      return new Churning(counting, await retainedBytes(), recordingsPerInterval(budget));
    },
  })),
  repeat: () => ({ processes: 1, rounds: INTERVALS }),
  secondsPerSubject: ({ name }) => (name === 'full' ? 15 : 3),
};

class Churning implements Subject {
  private recordings = 0;

  constructor(
    private readonly counting: Counting,
    private readonly before: number,
    private readonly perInterval: number,
  ) {}

  async warmUp(): Promise<void> {}

  async round(): Promise<Sample> {
    for (let i = 0; i < this.perInterval; i++) this.counting.count(this.nextLabels());
    await this.counting.export();
    return { held: (await retainedBytes()) - this.before, recordings: this.recordings };
  }

  async finish(): Promise<Sample> {
    const { total, series } = exposedTotals(await this.counting.export(), this.counting.metric);
    if (total !== this.recordings)
      throw new Error(`${this.recordings} recordings were made and ${total} are exposed`);
    return { series };
  }

  private nextLabels(): Labels {
    const agent = Math.floor(this.recordings / RECORDINGS_PER_AGENT);
    const action = (agent * 7 + (this.recordings++ % ACTIONS_PER_AGENT) * 5) % ACTIONS.length;
    return {
      agent_id: agentId(agent),
      action: ACTIONS[action] as string,
      policy: POLICIES[action % POLICIES.length] as string,
      severity: SEVERITIES[action % SEVERITIES.length] as Labels['severity'],
    };
  }
}
