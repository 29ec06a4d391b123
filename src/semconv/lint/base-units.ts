import type { MetricRule } from './rule.js';

const BASE_UNITS = new Set(['', '1', 's', 'By']);
const ANNOTATION = /^\{[a-z_]+\}$/;
const OTHER_UNITS = new Set(
  (
    'milliseconds millis ms microseconds micros us nanoseconds nanos ns minutes min hours days weeks ' +
    'kilobytes megabytes gigabytes kb mb gb kib mib gib bits percent percentage pct'
  ).split(' '),
);

/** Base units only, in unit and name: https://prometheus.io/docs/practices/naming/#base-units */
export const baseUnits: MetricRule = {
  rule: 'base-units',
  *check(name, { unit }) {
    if (!BASE_UNITS.has(unit) && !ANNOTATION.test(unit)) {
      yield `unit "${unit}" is neither a base unit (s, By, 1, none) nor an annotation`;
    }
    for (const word of name.split('_')) {
      if (OTHER_UNITS.has(word)) yield `"${word}" is not a base unit; use seconds, bytes or a ratio`;
    }
  },
};
