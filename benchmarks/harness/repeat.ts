import type { Budget, Repeat } from './subject.js';

/** For suites of many subjects: more rounds of fewer processes, as it is the processes that take long to start. */
export function fewProcesses({ processes }: Budget): Repeat {
  return { processes: Math.min(processes, 2), rounds: 5 };
}
