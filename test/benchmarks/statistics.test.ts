import { paired, ratioOf, summariesOf, summaryOf } from '../../benchmarks/harness/statistics.js';

describe('summaryOf', () => {
  it('has the median and the middle half, and keeps the order of the measurements', () => {
    expect(summaryOf([5, 1, 4, 2, 3])).toEqual({
      median: 3,
      p25: 2,
      p75: 4,
      count: 5,
      values: [5, 1, 4, 2, 3],
    });
  });

  it('takes what lies between two measurements where none is in the middle', () => {
    expect(summaryOf([1, 2]).median).toBe(1.5);
  });
});

describe('summariesOf', () => {
  it('summarizes each number by itself, however often it was measured', () => {
    const { nanos, bytes } = summariesOf([{ nanos: 10 }, { nanos: 30 }, { bytes: 7 }]);
    expect(nanos?.values).toEqual([10, 30]);
    expect(bytes?.values).toEqual([7]);
  });
});

describe('ratioOf', () => {
  it('divides round by round, so that a slow moment that both shared is no difference', () => {
    const ours = summaryOf([10, 100, 10, 10]);
    const theirs = summaryOf([20, 200, 20, 20]);
    expect(ratioOf(ours, theirs)).toMatchObject({ median: 0.5, p25: 0.5, p75: 0.5 });
  });

  it('refuses rounds that did not take turns', () => {
    expect(() => paired([1, 2], [1], (a, b) => a / b)).toThrow('2 rounds cannot be paired with 1');
  });
});
