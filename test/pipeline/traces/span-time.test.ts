import { RandomWords, TraceId } from '../../../src/pipeline/traces/span-ids.js';
import { SYSTEM_CLOCK } from '../../../src/pipeline/traces/span-time.js';

/** The time of a span, the wall clock and the monotonic one being there. */
const timeAt = (wallMillis: number, elapsed: number): number => {
  jest.spyOn(Date, 'now').mockReturnValue(wallMillis);
  return SYSTEM_CLOCK.now(elapsed);
};

test('between two milliseconds of the wall clock the monotonic one tells the time', () => {
  expect(timeAt(5000, 100)).toBe(5000);
  expect(timeAt(9000, 100.25)).toBe(5000.25);
  expect(timeAt(9000, 101)).toBe(9000);
});

test('a wall clock that is set is followed within a millisecond, forwards and backwards', () => {
  timeAt(5000, 200);
  expect(timeAt(1000, 201)).toBe(1000);
  expect(timeAt(7000, 202)).toBe(7000);
});

test('a wall clock is followed at once where the monotonic one stands still or starts again', () => {
  timeAt(5000, 300);
  expect(timeAt(6000, 300)).toBe(6000);
  expect(timeAt(7000, 3)).toBe(7000);
});

test('a trace id that is made is 32 hexadecimal digits, which mean the same id', () => {
  const words = new RandomWords();
  const ids = Array.from({ length: 1000 }, () => TraceId.random(words));
  expect(new Set(ids.map(({ hex }) => hex)).size).toBe(1000);
  for (const id of ids) {
    expect(id.hex).toMatch(/^[\da-f]{32}$/);
    expect(TraceId.of(id.hex)).toEqual(id);
  }
});
