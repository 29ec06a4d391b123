import type { Expression, Window } from '../../prometheus/src/promql/index.js';
import * as questions from '../../tools/report/questions.js';
import { knownSeries, ruleFiles } from '../contract/promql/known-series.js';
import { problemsOf } from '../contract/promql/problems.js';

const known = knownSeries(ruleFiles());
const asked = [
  ...questions.FIGURES,
  ...questions.BREAKDOWNS,
  ...questions.CONTAINMENT,
  ...questions.EXCEPTIONS,
  ...questions.LOSSES,
];
const along = [questions.TREND, questions.REPORTING, questions.MISSING, questions.FIRING];

describe('each question', () => {
  const texts: [string, Expression<string>][] = [
    ...asked.map(({ title, of }) => [title, of('30d')] as [string, Expression<string>]),
    ...along.map((expression) => [expression.text, expression] as [string, Expression<string>]),
  ];
  it.each(texts)('%s has only names, labels and values that exist', (_, { text }) => {
    const filled = text.replace(/\$\w+/g, '.*');
    expect(problemsOf(filled, known)).toEqual([]);
  });

  it.each(asked.map(({ title, of }) => [title, of]))('%s takes its window', (_, of) => {
    const windows: readonly Window[] = ['24h', '720h'];
    const [day, month] = windows.map((window) => of(window).text);
    expect(day).not.toBe(month);
  });
});
