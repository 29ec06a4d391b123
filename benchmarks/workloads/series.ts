import { ACTIONS, agentId, POLICIES } from './names.js';
import { Random } from './random.js';
import { SEVERITIES, writtenBySite, type Labels } from './violations.js';

const ACTIONS_PER_AGENT = 10;

/** The label set of one of any number of series, its agent id a new text. */
export function labelsOfSeries(series: number): Labels {
  const action = series % ACTIONS_PER_AGENT;
  return {
    severity: SEVERITIES[action % SEVERITIES.length] as Labels['severity'],
    policy: POLICIES[action % POLICIES.length] as string,
    action: ACTIONS[action] as string,
    agent_id: agentId(Math.floor(series / ACTIONS_PER_AGENT)),
  };
}

/** Label sets of a pool: as many for few series as for many, so that what differs is the number of series alone. */
export const SPREAD_POOL = 2 ** 17;

/** Label sets of that many series, each at least once, in random order and as four call sites write them. */
export function spreadLabelSets(series: number): Labels[] {
  const random = new Random(17);
  const order = Array.from({ length: SPREAD_POOL }, (_, i) => (i < series ? i : random.below(series)));
  return random.shuffled(order).map((which, i) => writtenBySite(labelsOfSeries(which), i));
}
