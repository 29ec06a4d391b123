import type { SuiteResult } from '../harness/run-suite.js';
import { paired, type Summary } from '../harness/statistics.js';

/** What a figure may be. */
export type Bound = { readonly atMost: number } | { readonly atLeast: number };
export type Unit = 'ratio' | 'bytes' | 'millis';

/** What was aimed at, and the figure of each round that shows it. */
export interface Goal {
  readonly what: string;
  readonly suite: string;
  /** Subjects by id: the one that the goal is for, and the one beside which it is measured. */
  readonly ours: string;
  readonly beside?: string;
  /** Subjects, beyond these, that the figures are made of. */
  readonly others?: readonly string[];
  /** None where a figure is only reported. */
  readonly bound?: Bound;
  readonly unit: Unit;
  figures(of: FiguresOf): number[];
}

/** The figures of one measure of a subject, round by round. */
export type FiguresOf = (subject: string, measure: string) => readonly number[];

/** Ours divided by theirs. */
export function quotient(
  goal: Pick<Goal, 'what' | 'suite' | 'ours' | 'bound'> & { beside: string; measure: string },
): Goal {
  const { measure, ...rest } = goal;
  return {
    ...rest,
    unit: 'ratio',
    figures: (of) => paired(of(goal.ours, measure), of(goal.beside, measure), (a, b) => a / b),
  };
}

/** Calls a second divided by those of the bare thing. */
export function throughput(goal: Pick<Goal, 'what' | 'suite' | 'ours' | 'bound'> & { bare: string }): Goal {
  const { bare, ...rest } = goal;
  return {
    ...rest,
    beside: bare,
    unit: 'ratio',
    figures: (of) => paired(of(goal.ours, 'nanos'), of(bare, 'nanos'), (ours, theirs) => theirs / ours),
  };
}

/** A figure by itself. */
export function figure(
  goal: Pick<Goal, 'what' | 'suite' | 'ours' | 'bound' | 'unit'> & { measure: string },
): Goal {
  const { measure, ...rest } = goal;
  return { ...rest, figures: (of) => [...of(goal.ours, measure)] };
}

/** What one round's figures of several subjects come to. */
export function acrossSubjects(
  of: FiguresOf,
  subjects: readonly string[],
  measure: string,
  combine: (figures: readonly number[]) => number,
): number[] {
  const all = subjects.map((subject) => of(subject, measure));
  const [first = []] = all;
  return first.map((_, round) => combine(all.map((figures) => figures[round] as number)));
}

export type Verdict =
  | 'reached'
  | 'reached, within the spread of the bound'
  | 'missed, within the spread of the bound'
  | 'missed'
  | 'reported';

/** Whether a bound is kept, and whether the middle half of the rounds lets that be said. */
export function verdictOn({ median, p25, p75 }: Summary, bound: Bound | undefined): Verdict {
  if (bound === undefined) return 'reported';
  const [kept, surely, surelyNot] =
    'atMost' in bound
      ? [median <= bound.atMost, p75 <= bound.atMost, p25 > bound.atMost]
      : [median >= bound.atLeast, p25 >= bound.atLeast, p75 < bound.atLeast];
  if (surely) return 'reached';
  if (surelyNot) return 'missed';
  return kept ? 'reached, within the spread of the bound' : 'missed, within the spread of the bound';
}

/** Fails before a run for a goal that names what is not measured, so as not to fail after it. */
export function expectMeasured(goals: readonly Goal[], suites: readonly SuiteResult['suite'][]): void {
  for (const { what, suite: name, ours, beside, others = [] } of goals) {
    const suite = suites.find((one) => one.name === name);
    if (suite === undefined) continue;
    const ids = new Set(suite.subjects.map(({ id }) => id));
    const missing = [ours, beside, ...others].find((id) => id !== undefined && !ids.has(id));
    if (missing !== undefined) throw new Error(`goal "${what}": ${name} has no subject ${missing}`);
  }
}
