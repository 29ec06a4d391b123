import fc from 'fast-check';
import { SlidingRatio } from '../../src/instruments/sliding-ratio.js';
import { fakeClock } from '../support/clock.js';

fc.configureGlobal({ seed: 9464 }); // the same examples in every run

test('sums are of the last seconds, the current one included', () => {
  const clock = fakeClock(999);
  const ratio = new SlidingRatio(3, clock.now);
  ratio.add(1, 10); // second 0, at its end
  expect(ratio.totals()).toEqual({ numerator: 1, denominator: 10 });
  clock.advance(2000); // 2.999 s
  expect(ratio.totals()).toEqual({ numerator: 1, denominator: 10 });
  clock.advance(1); // 3 s: second 0 has left
  expect(ratio.totals()).toEqual({ numerator: 0, denominator: 0 });
});

test('a slot that comes round again begins anew', () => {
  const clock = fakeClock();
  const ratio = new SlidingRatio(3, clock.now);
  ratio.add(1, 1);
  clock.advance(1000);
  ratio.add(2, 2);
  clock.advance(2000); // the slot of second 0
  ratio.add(4, 4);
  expect(ratio.totals()).toEqual({ numerator: 6, denominator: 6 });
});

test('a jump over many windows leaves nothing of before', () => {
  const clock = fakeClock();
  const ratio = new SlidingRatio(300, clock.now);
  for (let second = 0; second < 300; second++) {
    ratio.add(1, 1);
    clock.advance(1000);
  }
  clock.advance(86_400_000 * 365);
  expect(ratio.totals()).toEqual({ numerator: 0, denominator: 0 });
  ratio.add(1, 2);
  expect(ratio.totals()).toEqual({ numerator: 1, denominator: 2 });
});

test('a clock below zero, or one that goes back or says nonsense, breaks nothing', () => {
  let now = -1500;
  const ratio = new SlidingRatio(3, () => now);
  ratio.add(1, 1);
  expect(ratio.totals()).toEqual({ numerator: 1, denominator: 1 });
  now = NaN;
  ratio.add(1, 1);
  expect(() => ratio.totals()).not.toThrow();
  now = 10_000;
  ratio.add(5, 5);
  now = 9000;
  ratio.add(7, 7);
  expect(ratio.totals().numerator).toBe(12);
  now = 12_999;
  expect(ratio.totals()).toEqual({ numerator: 5, denominator: 5 });
});

test('agrees with the plain sum over any history', () => {
  const step = fc.record({ ms: fc.nat(5000), numerator: fc.nat(9), denominator: fc.nat(9) });
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 20 }), fc.array(step), (start, window, steps) => {
      const clock = fakeClock(start);
      const ratio = new SlidingRatio(window, clock.now);
      const events: { second: number; numerator: number; denominator: number }[] = [];
      for (const { ms, numerator, denominator } of steps) {
        clock.advance(ms);
        ratio.add(numerator, denominator);
        const second = Math.floor(clock.now() / 1000);
        events.push({ second, numerator, denominator });
        const live = events.filter((event) => event.second > second - window);
        expect(ratio.totals()).toEqual({
          numerator: live.reduce((sum, event) => sum + event.numerator, 0),
          denominator: live.reduce((sum, event) => sum + event.denominator, 0),
        });
      }
    }),
  );
});
