import type { MetricRule } from './rule.js';

export const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Lower-case words joined by one underscore: legal in every backend, with no quoting and no translation. */
export const nameCase: MetricRule = {
  rule: 'name-case',
  *check(name) {
    if (!SNAKE_CASE.test(name)) yield 'a name is lower-case words joined by one underscore';
  },
};
