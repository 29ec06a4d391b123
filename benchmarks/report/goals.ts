import { verdictOn, type Bound, type FiguresOf, type Goal, type Unit } from '../goals/goal.js';
import type { Result, SuiteResult } from '../harness/run-suite.js';
import { summaryOf, type Summary } from '../harness/statistics.js';
import { count, markdownTable, NONE, number, ratio } from './table.js';

interface Judged {
  readonly row: readonly string[];
  readonly verdict: ReturnType<typeof verdictOn>;
}

const FEWEST_ROUNDS = 5;

/** What was aimed at and what came of it: figures and verdicts are computed, of the suites that were run. */
export function goalsSection(goals: readonly Goal[], results: readonly SuiteResult[]): string[] {
  const judged = goals.flatMap((goal) => {
    const result = results.find(({ suite }) => suite.name === goal.suite);
    return result === undefined ? [] : [judge(goal, result)];
  });
  if (judged.length === 0) return [];
  const head = ['goal', 'measured of', 'beside', 'bound', 'measured', 'p25–p75', 'rounds', 'verdict'];
  return [
    '## Goals',
    inTotal(judged.map(({ verdict }) => verdict)),
    markdownTable(
      head,
      judged.map(({ row }) => row),
      ['measured of', 'beside', 'verdict'],
    ),
  ];
}

function judge(goal: Goal, { results }: SuiteResult): Judged {
  const subject = (id: string): Result => {
    const found = results.find((result) => result.id === id);
    if (found === undefined) throw new Error(`${goal.suite} has no ${id}`);
    return found;
  };
  const of: FiguresOf = (id, measure) => subject(id).of[measure]?.values ?? [];
  const summary = summaryOf(goal.figures(of));
  if (Number.isNaN(summary.median)) throw new Error(`nothing was measured for "${goal.what}"`);
  const verdict = verdictOn(summary, goal.bound);
  return {
    verdict,
    row: [
      goal.what,
      subject(goal.ours).label,
      goal.beside === undefined ? NONE : subject(goal.beside).label,
      goal.bound === undefined ? NONE : boundText(goal.bound, goal.unit),
      text(summary.median, goal.unit),
      spreadText(summary, goal.unit),
      String(summary.count) + (summary.count < FEWEST_ROUNDS ? ' (few)' : ''),
      verdict === 'reached' ? '**reached**' : verdict,
    ],
  };
}

function inTotal(verdicts: readonly Judged['verdict'][]): string {
  const bounded = verdicts.filter((verdict) => verdict !== 'reported');
  const many = (...which: Judged['verdict'][]): number =>
    bounded.filter((verdict) => which.includes(verdict)).length;
  return (
    `Of ${bounded.length} figures with a bound, ${many('reached')} reach it, ` +
    `${many('reached, within the spread of the bound')} reach it within the spread, ` +
    `${many('missed, within the spread of the bound')} miss it within the spread, and ${many('missed')} miss it.`
  );
}

function boundText(bound: Bound, unit: Unit): string {
  return 'atMost' in bound ? `≤ ${text(bound.atMost, unit)}` : `≥ ${text(bound.atLeast, unit)}`;
}

function spreadText({ p25, p75 }: Summary, unit: Unit): string {
  return unit === 'ratio' ? `${ratio(p25)}–${ratio(p75)}` : `${number(p25)}–${number(p75)}`;
}

function text(value: number, unit: Unit): string {
  if (unit === 'ratio') return ratio(value);
  return `${Number.isInteger(value) ? count(value) : number(value)} ${unit === 'bytes' ? 'B' : 'ms'}`;
}
