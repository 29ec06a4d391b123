import { periodOf, stepOf, windowOf } from '../../tools/report/period.js';

const NOW = new Date('2026-11-28T12:30:00Z');

describe('a period', () => {
  it('is of dates that begin at midnight UTC, or of hours', () => {
    const days = periodOf('2026-10-29', '2026-11-28', NOW);
    expect([days.from.toISOString(), windowOf(days)]).toEqual(['2026-10-29T00:00:00.000Z', '720h']);
    expect(windowOf(periodOf('2026-11-28T08:00Z', '2026-11-28T12:00:00Z', NOW))).toBe('4h');
  });

  it.each([
    [undefined, '2026-11-28', '--from must be as 2026-11-01 or 2026-11-01T08:00Z, got nothing'],
    ['yesterday', '2026-11-28', '--from must be as 2026-11-01 or 2026-11-01T08:00Z, got yesterday'],
    ['2026-11-01T08:00', '2026-11-28', 'got 2026-11-01T08:00'],
    ['2026-11-01T08:10Z', '2026-11-28', '--from must be a whole hour, got 2026-11-01T08:10Z'],
    ['2026-13-01', '2026-11-28', '--from must be as'],
    ['2026-11-28', '2026-11-01', '--from must be before --to, got 2026-11-28 and 2026-11-01'],
    ['2026-11-01', '2026-11-29', '--to must not be in the future, got 2026-11-29'],
  ])('from %s to %s is refused: %s', (from, to, said) => expect(() => periodOf(from, to, NOW)).toThrow(said));

  it('names everything that is wrong with it at once', () =>
    expect(() => periodOf('a', 'b', NOW)).toThrow(/--from must be as .*--to must be as/));

  it.each([
    ['2026-11-28', '2026-11-28T12:00Z', 60],
    ['2026-10-29', '2026-11-28', 300],
    ['2025-11-28', '2026-11-28', 3600],
  ])('from %s to %s is looked at as finely as Prometheus answers', (from, to, step) =>
    expect(stepOf(periodOf(from, to, NOW))).toBe(step),
  );
});
