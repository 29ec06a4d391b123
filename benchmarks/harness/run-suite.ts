import { BUDGETS, type Budget, type Repeat, type Sample, type Suite } from './subject.js';
import { summariesOf, type Summary } from './statistics.js';
import { SubjectProcess } from './subject-process.js';

/** What was measured of one subject. */
export interface Result {
  readonly id: string;
  readonly label: string;
  readonly group: string | undefined;
  readonly comparedWith: readonly string[];
  readonly of: Readonly<Record<string, Summary>>;
}

export interface SuiteResult {
  readonly suite: Suite;
  readonly results: readonly Result[];
}

/** Seconds in which a process loads its suite. */
const START_SECONDS = 0.5;

function repeatOf(suite: Suite, budget: Budget): Repeat {
  return suite.repeat?.(budget) ?? budget;
}

export function expectedSeconds(suite: Suite, budget: Budget): number {
  const { processes, rounds } = repeatOf(suite, budget);
  const timed = (budget.warmUpMillis + rounds * (budget.roundMillis + 20)) / 1000;
  const each = suite.secondsPerSubject?.(budget) ?? timed;
  return processes * suite.subjects.length * (START_SECONDS + each);
}

/**
 * Measures all subjects of a suite, each in its own process. Rounds are interleaved, and start with another subject
 * each time, so that what else the machine does meets all of them alike.
 */
export async function runSuite(suite: Suite, budget: Budget, program: string): Promise<SuiteResult> {
  const { processes, rounds } = repeatOf(suite, budget);
  const samples = new Map<string, Sample[]>(suite.subjects.map(({ id }) => [id, []]));
  for (let i = 0; i < processes; i++) {
    const alive: { id: string; process: SubjectProcess }[] = [];
    try {
      for (const { id } of suite.subjects) {
        const process = new SubjectProcess(`${suite.name}/${id}`, program, [suite.name, id, budget.name]);
        alive.push({ id, process });
        await process.do('open');
        await process.do('warmUp');
      }
      for (let round = 0; round < rounds; round++) {
        for (let turn = 0; turn < alive.length; turn++) {
          const { id, process } = alive[(turn + round) % alive.length] as (typeof alive)[number];
          samples.get(id)?.push(await process.do('round'));
        }
      }
      for (const { id, process } of alive) samples.get(id)?.push(await process.do('finish'));
    } finally {
      await Promise.all(alive.map(({ process }) => process.end()));
    }
  }
  const results = suite.subjects.map(({ id, label, group, comparedWith = [] }) => ({
    id,
    label,
    group,
    comparedWith,
    of: summariesOf(samples.get(id) ?? []),
  }));
  return { suite, results };
}

export function isBudgetName(name: string | undefined): name is Budget['name'] {
  return name !== undefined && name in BUDGETS;
}
