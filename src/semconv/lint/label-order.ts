import type { MetricRule } from './rule.js';

const RANK = { closed: 0, open: 1, slug: 1, id: 2 } as const;

/** So many labels are read in one go for a recording. */
const MOST_LABELS = 4;

/** Series are stored by label in declared order: the narrow ones come first, so that the id fans out last and once. */
export const labelOrder: MetricRule = {
  rule: 'label-order',
  *check(_, { labels }) {
    let widest = 0;
    let ids = 0;
    for (const [label, { bound }] of Object.entries(labels)) {
      if (RANK[bound] < widest) yield `label ${label} (${bound}) comes before the wider ones`;
      widest = Math.max(widest, RANK[bound]);
      if (bound === 'id') ids++;
    }
    const count = Object.keys(labels).length;
    if (count > MOST_LABELS) yield `${count} labels are more than ${MOST_LABELS}`;
    if (ids > 1) yield 'two id labels would multiply; at most one is allowed';
  },
};
