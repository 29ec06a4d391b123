import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { BAD, GOOD, NEUTRAL, WATCH } from './colours.js';

/** Says nothing of good or bad. */
export const plain = (): Threshold[] => [{ value: null, color: NEUTRAL }];

/** Bad from there on, as the alert of the same number. */
export const badFrom = (value: number): Threshold[] => [
  { value: null, color: GOOD },
  { value, color: BAD },
];

/** Bad as soon as it has happened: counts are whole. */
export const badAbove = (count: number): Threshold[] => badFrom(count + 1);

export const badBelow = (value: number): Threshold[] => [
  { value: null, color: BAD },
  { value, color: GOOD },
];

/** Worth a look from there on, and no more than that. */
export const watchFrom = (value: number): Threshold[] => [
  { value: null, color: GOOD },
  { value, color: WATCH },
];
