import type { MetricRule } from './rule.js';

const PREFIXES = ['agent_os_', 'amb_'];

/** Operators find everything of ours by its prefix, and nothing of ours meets a name of the host. */
export const namePrefix: MetricRule = {
  rule: 'name-prefix',
  *check(name) {
    if (!PREFIXES.some((prefix) => name.startsWith(prefix)))
      yield `a name starts with ${PREFIXES.join(' or ')}`;
  },
};
