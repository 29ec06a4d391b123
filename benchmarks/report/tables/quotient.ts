import type { Result } from '../../harness/run-suite.js';
import { compare } from '../comparison.js';
import { ratio } from '../numbers.js';

export function quotient(one: Result, other: Result, measure: string): string {
  return ratio(compare(one, other, measure).ratio);
}
