import type { Violation } from 'agent-os-observability';
import type { Severity } from 'agent-os-observability/semconv';
import { ACTIONS, agentId, POLICIES } from './names.js';
import { Random } from './random.js';

/** What a violation is counted by. */
export type Labels = Record<'agent_id' | 'action' | 'policy' | 'severity', string> & { severity: Severity };

const AGENTS = 500;
const ACTIONS_PER_AGENT = 6;
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
/** Violations that are made before the measurement; a power of two. */
const POOL = 8192;

export const LABEL_NAMES = ['severity', 'policy', 'action', 'agent_id'] as const;

/** Violations of a fleet: some agents are busier than others, each has actions of its own, a policy guards each action. */
function facts(): Labels[] {
  const random = new Random(7);
  return Array.from({ length: POOL }, () => {
    const agent = Math.floor(AGENTS * random.next() ** 2);
    const action = (agent * 7 + random.below(ACTIONS_PER_AGENT) * 5) % ACTIONS.length;
    const usual = SEVERITIES[action % SEVERITIES.length] as Severity;
    return {
      agent_id: agentId(agent),
      action: ACTIONS[action] as string,
      policy: POLICIES[action % POLICIES.length] as string,
      severity: random.next() < 0.8 ? usual : random.pick(SEVERITIES),
    };
  });
}

/** The violations as four call sites of a host write them. */
export function violations(): Violation[] {
  return facts().map(({ agent_id: agentId, action, policy, severity }, i): Violation => {
    switch (i % 4) {
      case 0:
        return { agentId, action, policy, severity };
      case 1:
        return { policy, action, agentId, severity };
      case 2:
        return { agentId, action, policy, severity, reason: 'the policy forbids it' };
      default:
        return { severity, agentId, policy, action };
    }
  });
}

/** The same as labels, by four call sites. */
export function labelSets(): Labels[] {
  return facts().map(writtenBySite);
}

/** The labels as one of four call sites writes them. */
export function writtenBySite({ agent_id, action, policy, severity }: Labels, site: number): Labels {
  switch (site % 4) {
    case 0:
      return { agent_id, action, policy, severity };
    case 1:
      return { policy, action, agent_id, severity };
    case 2:
      return { severity, policy, action, agent_id };
    default:
      return { severity, agent_id, policy, action };
  }
}

/** The same, the order of the labels at random. */
export function shuffledLabelSets(): Labels[] {
  const random = new Random(11);
  return facts().map(
    (labels) => Object.fromEntries(random.shuffled(Object.entries(labels))) as unknown as Labels,
  );
}

export function distinct(sets: readonly Labels[]): number {
  return new Set(sets.map((labels) => LABEL_NAMES.map((name) => labels[name]).join('\n'))).size;
}

const SERIES_PER_AGENT = 10;

/** The label set of one of any number of series, its agent id a new text. */
export function labelsOfSeries(series: number): Labels {
  const action = series % SERIES_PER_AGENT;
  return {
    severity: SEVERITIES[action % SEVERITIES.length] as Labels['severity'],
    policy: POLICIES[action % POLICIES.length] as string,
    action: ACTIONS[action] as string,
    agent_id: agentId(Math.floor(series / SERIES_PER_AGENT)),
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
