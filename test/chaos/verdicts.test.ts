import type { Scrape } from './prometheus-watch.js';
import { ChaosRandom } from './random.js';
import { readSettings } from './settings.js';
import {
  memoryVerdict,
  pageVerdict,
  pushVerdict,
  scrapeVerdict,
  spansVerdict,
  type LifeReceived,
} from './verdicts.js';

const MIB = 1024 * 1024;

describe('a scrape', () => {
  const scrape = (at: number, up = true, samples = 5): Scrape => ({ at, up, samples });
  const judged = (scrapes: readonly Scrape[], graceMillis = 0) =>
    scrapeVerdict({
      scrapes,
      restarts: [[3000, 4000]],
      from: 0,
      to: 10_000,
      timeoutMillis: 1000,
      graceMillis,
      jobs: 1,
      intervalMillis: 1000,
    });
  const all = Array.from({ length: 10 }, (_, second) => scrape(second * 1000 + 500));

  test('that fails is a failure', () => {
    expect(judged(all).holds).toBe(true);
    expect(judged([...all, scrape(6000, false, 0)])).toMatchObject({ holds: false });
  });

  test('that finds no samples is a failure', () => {
    expect(judged([...all, scrape(6000, true, 0)]).holds).toBe(false);
  });

  test.each([
    [1900, false],
    [2100, true],
    [3500, true],
    [4000, true],
    [4100, false],
  ])('that fails at %i ms is excused by a restart from 3000 to 4000 ms: %p', (at, excused) => {
    expect(judged([...all, scrape(at, false, 0)]).holds).toBe(excused);
  });

  test('that fails soon after a restart is excused where others take over', () => {
    expect(judged([...all, scrape(4900, false, 0)], 1000).holds).toBe(true);
  });

  test('that was never made is missed', () => {
    expect(judged(all.slice(0, 5)).seen).toMatch('too few');
  });
});

describe('spans and pushed counters', () => {
  const life = (values: Partial<LifeReceived> = {}): LifeReceived => ({
    life: '1',
    spansMade: 10,
    spansReceived: 7,
    spansInDoubt: 0,
    spansCounted: 3,
    added: 4,
    addedReceived: 4,
    pointsCounted: 0,
    last: true,
    ...values,
  });

  test('are right when each start is right by itself', () => {
    expect(spansVerdict([life(), life()]).holds).toBe(true);
    expect(spansVerdict([life({ spansCounted: 2 }), life({ spansCounted: 4 })]).holds).toBe(false);
    expect(spansVerdict([]).holds).toBe(false);
  });

  test('are both received and counted at most where an answer was given up on its way', () => {
    expect(spansVerdict([life({ spansCounted: 5, spansInDoubt: 2 })]).holds).toBe(true);
    expect(spansVerdict([life({ spansCounted: 5, spansInDoubt: 1 })]).holds).toBe(false);
    expect(spansVerdict([life({ spansCounted: 2, spansInDoubt: 2 })]).holds).toBe(false);
  });

  test('may lag behind where the collector refused at the end, and are never more', () => {
    expect(pushVerdict([life(), life({ last: false, addedReceived: 3 })]).holds).toBe(true);
    expect(pushVerdict([life(), life({ last: false, addedReceived: 5 })]).holds).toBe(false);
    expect(pushVerdict([life({ addedReceived: 3 })]).holds).toBe(false);
  });
});

test('a page of one process shows exactly what was recorded, one of several at least that', () => {
  expect(pageVerdict([5, 5], 5, 2, false).holds).toBe(true);
  expect(pageVerdict([5, 6], 5, 2, false).holds).toBe(false);
  expect(pageVerdict([5], 5, 2, false).holds).toBe(false);
  expect(pageVerdict([5, 6], 5, 2, true).holds).toBe(true);
  expect(pageVerdict([5, 4], 5, 2, true).holds).toBe(false);
});

describe('memory', () => {
  const judged = (bytesAt: (second: number) => number) =>
    memoryVerdict(
      [Array.from({ length: 91 }, (_, second) => ({ at: second * 1000, bytes: bytesAt(second) }))],
      0,
      90_000,
      8 * MIB,
    );

  test('may fill up at first, and swing', () => {
    expect(judged((second) => Math.min(second, 50) * MIB + (second % 2) * 5 * MIB).holds).toBe(true);
  });

  test('may not go on rising', () => {
    expect(judged((second) => second * 0.2 * MIB).holds).toBe(true);
    expect(judged((second) => second * 0.4 * MIB).holds).toBe(false);
  });

  test('of which too little is known is not right', () => {
    expect(memoryVerdict([[]], 0, 90_000, 8 * MIB).holds).toBe(false);
  });

  test('is not judged of a process that has just started', () => {
    const samples = (from: number, mibASecond: number) =>
      Array.from({ length: 91 - from }, (_, second) => ({
        at: (from + second) * 1000,
        bytes: second * mibASecond * MIB,
      }));
    expect(memoryVerdict([samples(0, 0.1), samples(75, 1)], 0, 90_000, 8 * MIB).holds).toBe(true);
    expect(memoryVerdict([samples(75, 0)], 0, 90_000, 8 * MIB).holds).toBe(false);
  });
});

test('the same seed makes the same choices', () => {
  const numbers = (seed: number) => {
    const random = new ChaosRandom(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
  expect(numbers(0).every((number) => number > 0 && number < 1)).toBe(true);
});

describe('the settings of a run', () => {
  test('leave out the kinds that are named', () => {
    expect(readSettings(['--without', 'names,kill']).kinds).not.toContain('names');
    expect(readSettings(['--only', 'names,kill', '--without', 'kill']).kinds).toEqual(['names']);
  });

  test.each([
    [['--minutes', 'ten'], '--minutes must be a number from 0.3 to 1440, got ten.'],
    [['--without', 'noise'], /^--without must name some of churn, .*, got noise\.$/],
  ])('%p is refused', (args, message) => {
    expect(() => readSettings(args)).toThrow(message);
  });
});
