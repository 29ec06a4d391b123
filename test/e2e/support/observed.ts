import { appendFileSync } from 'node:fs';

/** Set by the suite's start: where what was seen is put down, to be shown as a table at its end. */
export const OBSERVATIONS = 'E2E_OBSERVATIONS';

export interface Observation {
  readonly part: string;
  readonly what: string;
  readonly seen: readonly string[];
}

/** Puts down what a test has seen once it holds. */
export function observed(part: string, what: string, seen: readonly string[]): void {
  const file = process.env[OBSERVATIONS];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ part, what, seen })}\n`);
}
