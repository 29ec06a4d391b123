import { retryAfterMillis, waitBefore } from '../../../src/pipeline/otlp/retry.js';

test.each([
  [2, 1000],
  [3, 1500],
  [4, 2250],
  [5, 3375],
  [6, 5000],
  [100, 5000],
])('attempt %d is made after about %d ms', (attempt, millis) => {
  expect(waitBefore(attempt, undefined, () => 0.5)).toBe(millis);
  expect(waitBefore(attempt, undefined, () => 0)).toBeCloseTo(millis * 0.8);
  expect(waitBefore(attempt, undefined, () => 1)).toBeCloseTo(millis * 1.2);
});

test('what the receiver asks for is never undercut', () => {
  for (const random of [0, 0.5, 1]) {
    expect(waitBefore(2, 7000, () => random)).toBeGreaterThanOrEqual(7000);
    expect(waitBefore(2, 7000, () => random)).toBeLessThanOrEqual(7200);
  }
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-28T08:00:00Z');

  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sat, 28 Nov 2026 08:00:30 GMT', 30_000],
    ['Sat, 28 Nov 2026 07:00:00 GMT', 0],
    ['soon', undefined],
    ['-1h', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %s', (value, millis) => {
    expect(retryAfterMillis(value, now)).toBe(millis);
  });
});
