import fc from 'fast-check';
import { anyOf, gapsIn, lengthOf, presentIn } from '../../tools/report/intervals.js';

const STEP = 60;
const looks = { from: 0, to: 600, step: STEP };
const at = (...times: readonly number[]) => times.map((time) => [time, 1] as const);

describe('what was there', () => {
  it('is the step before each look, neighbours together', () =>
    expect(presentIn(at(60, 120, 300), looks)).toEqual([
      { from: 0, to: 120 },
      { from: 240, to: 300 },
    ]));

  it('begins not before the period', () =>
    expect(presentIn(at(0, 60), looks)).toEqual([{ from: 0, to: 60 }]));
});

describe('what was not there', () => {
  it('is before, between and after', () =>
    expect(gapsIn(at(120, 180, 300), looks)).toEqual([
      { from: 0, to: 60 },
      { from: 180, to: 240 },
      { from: 300, to: 600 },
    ]));

  it('is all of it where nothing ever was', () => expect(gapsIn([], looks)).toEqual([{ from: 0, to: 600 }]));

  it('is nothing where all was seen', () =>
    expect(gapsIn(at(...Array.from({ length: 10 }, (_, index) => (index + 1) * STEP)), looks)).toEqual([]));

  it('and what was there make up the whole', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10 })), (steps) => {
        const points = at(...steps.sort((a, b) => a - b).map((step) => step * STEP));
        expect(lengthOf(presentIn(points, looks)) + lengthOf(gapsIn(points, looks))).toBe(600);
      }),
    );
  });
});

test('series together are there where any is', () => {
  const series = [at(60, 120), at(120, 240)].map((points) => ({ labels: {}, points }));
  expect(anyOf(series).map(([time]) => time)).toEqual([60, 120, 240]);
});
