import { SNAKE_CASE } from './name-case.js';
import type { MetricRule } from './rule.js';

/** `le` and `quantile` are the text format's, `job` and `instance` the scraper's, `otel_scope_…` the exporter's. */
const RESERVED = /^(le|quantile|job|instance|__.*|otel_scope_.*)$/;

/** Label names that need no quoting and collide with nobody's. */
export const labelNames: MetricRule = {
  rule: 'label-names',
  *check(_, { labels }) {
    for (const label of Object.keys(labels)) {
      if (RESERVED.test(label)) yield `label ${label} is reserved`;
      else if (!SNAKE_CASE.test(label))
        yield `label ${label} is not lower-case words joined by one underscore`;
    }
  },
};
