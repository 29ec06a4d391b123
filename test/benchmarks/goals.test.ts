import { expectMeasured, quotient, verdictOn, type Goal } from '../../benchmarks/goals/goal.js';
import { GOALS } from '../../benchmarks/goals/index.js';
import type { SuiteResult } from '../../benchmarks/harness/run-suite.js';
import { summariesOf, summaryOf } from '../../benchmarks/harness/statistics.js';
import type { Sample, Suite } from '../../benchmarks/harness/subject.js';
import { goalsSection } from '../../benchmarks/report/goals.js';

const ROUNDS = 5;

function result(name: string, figures: Readonly<Record<string, readonly number[]>>): SuiteResult {
  const subjects = Object.keys(figures).map((id) => ({ id, label: `the ${id}`, open: neverOpened }));
  const suite: Suite = { name, title: name, about: '', table: 'peers', subjects };
  const results = Object.entries(figures).map(([id, nanos]) => ({
    id,
    label: `the ${id}`,
    group: undefined,
    comparedWith: [],
    of: summariesOf(nanos.map((one): Sample => ({ nanos: one }))),
  }));
  return { suite, results };
}

const neverOpened = (): never => {
  throw new Error('not measured here');
};

const every = (value: number): number[] => Array.from({ length: ROUNDS }, () => value);

function goal(bound: Goal['bound'] & object): Goal {
  return quotient({
    what: 'Speed',
    suite: 'race',
    ours: 'hare',
    beside: 'tortoise',
    measure: 'nanos',
    bound,
  });
}

describe('verdictOn', () => {
  it.each([
    [[0.1, 0.2, 0.2], { atMost: 0.25 }, 'reached'],
    [[0.1, 0.2, 0.6], { atMost: 0.25 }, 'reached, within the spread of the bound'],
    [[0.1, 0.3, 0.6], { atMost: 0.25 }, 'missed, within the spread of the bound'],
    [[0.3, 0.4, 0.6], { atMost: 0.25 }, 'missed'],
    [[0.92, 0.95, 1], { atLeast: 0.9 }, 'reached'],
    [[0.8, 0.95, 1], { atLeast: 0.9 }, 'reached, within the spread of the bound'],
    [[0.7, 0.8, 0.99], { atLeast: 0.9 }, 'missed, within the spread of the bound'],
    [[0.7, 0.8, 0.8], { atLeast: 0.9 }, 'missed'],
  ] as const)('of quartiles %j and %j it is: %s', ([p25, median, p75], bound, verdict) => {
    expect(verdictOn({ ...summaryOf([]), p25, median, p75 }, bound)).toBe(verdict);
  });

  it('says nothing of what has no bound', () => {
    expect(verdictOn(summaryOf([1]), undefined)).toBe('reported');
  });
});

describe('the section of goals', () => {
  it('shows bound, ratio and verdict of what was measured, and counts the verdicts', () => {
    const [, total, table] = goalsSection(
      [goal({ atMost: 0.5 }), goal({ atMost: 0.1 })],
      [result('race', { hare: every(20), tortoise: every(80) })],
    );
    expect(total).toContain('Of 2 figures with a bound, 1 reach it');
    expect(total).toContain('1 miss it.');
    expect(table?.split('\n').slice(2)).toEqual([
      '| Speed | the hare | the tortoise | ≤ 0.50 | 0.25 | 0.25–0.25 | 5 | **reached** |',
      '| Speed | the hare | the tortoise | ≤ 0.10 | 0.25 | 0.25–0.25 | 5 | missed |',
    ]);
  });

  it('marks what was measured too seldom for a median', () => {
    const few = { hare: [20], tortoise: [80] };
    const [, , table] = goalsSection([goal({ atMost: 0.5 })], [result('race', few)]);
    expect(table).toContain('| 1 (few) |');
  });

  it('leaves out the goals of suites that were not run, and is not there without any', () => {
    expect(goalsSection([goal({ atMost: 1 })], [result('other', { hare: every(1) })])).toEqual([]);
  });

  it('fails where a subject gave no figure, rather than calling that a result', () => {
    const silent = result('race', { hare: [], tortoise: [] });
    expect(() => goalsSection([goal({ atMost: 1 })], [silent])).toThrow('nothing was measured for "Speed"');
  });
});

describe('the goals', () => {
  it('that name an unknown subject stop a run before it starts', () => {
    const { suite } = result('race', { hare: every(1) });
    expect(() => expectMeasured([goal({ atMost: 1 })], [suite])).toThrow('race has no subject tortoise');
  });

  it('of suites that are not run are no fault', () => {
    expect(() => expectMeasured(GOALS, [])).not.toThrow();
  });

  it('divide calls a second the other way round than times', () => {
    const governed = GOALS.find(({ ours }) => ours === 'evaluate-simple-metrics');
    const figures = governed?.figures((subject) => [subject.endsWith('bare') ? 90 : 100]);
    expect(figures).toEqual([0.9]);
  });

  it('take off of start-up what Node alone takes', () => {
    const startUp = GOALS.find(({ suite }) => suite === 'start-up');
    const millis: Readonly<Record<string, number>> = { 'node-alone': 100, 'agent-os': 150, 'node-sdk': 300 };
    expect(startUp?.figures((subject) => [millis[subject] ?? NaN])).toEqual([0.25]);
  });

  it('hold growth to its dearest number of series', () => {
    const growth = GOALS.find(({ suite, ours }) => suite === 'growth' && ours === 'own-100000');
    const nanos: Readonly<Record<string, number>> = { 'own-1': 10, 'own-100': 12, 'own-10000': 30 };
    expect(growth?.figures((subject) => [nanos[subject] ?? 20])).toEqual([3]);
  });

  it('hold scrapes to the dearest series of a page beside the cheapest', () => {
    const linear = GOALS.find(({ what, ours }) => what.startsWith('Scrape') && ours === 'typed-100000');
    const millis: Readonly<Record<string, number>> = {
      'typed-1000': 3,
      'typed-10000': 10,
      'typed-100000': 150,
    };
    expect(linear?.figures((subject) => [millis[subject] ?? NaN])).toEqual([3]);
  });
});
