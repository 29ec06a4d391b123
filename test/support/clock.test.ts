import { fakeClock } from './clock.js';

describe('fakeClock', () => {
  test('stands still until it is advanced', () => {
    const clock = fakeClock(1_000);
    expect(clock.now()).toBe(1_000);
    expect(clock.now()).toBe(1_000);
    clock.advance(250);
    clock.advance(0.5);
    expect(clock.now()).toBe(1_250.5);
  });

  test('starts at zero, and its reader works without its object', () => {
    const { now, advance } = fakeClock();
    expect(now()).toBe(0);
    advance(7);
    expect(now()).toBe(7);
  });

  test.each([-1, NaN, Infinity])('refuses to advance by %p', (ms) => {
    expect(() => fakeClock().advance(ms)).toThrow(RangeError);
  });
});
