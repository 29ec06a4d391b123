import fc from 'fast-check';
import { labelText, slugText, wellFormed } from '../../src/cardinality/label-text.js';

fc.configureGlobal({ seed: 9464 }); // the same examples in every run

describe('a cause', () => {
  test.each([
    ['oom', 'oom'],
    ['TypeError', 'TypeError'],
    ['ERR_SOCKET:12.b-c', 'ERR_SOCKET:12.b-c'],
    ['Out of memory', 'out_of_memory'],
    ['  disk full!  ', 'disk_full'],
    ['ünïcode', 'n_code'],
    ['???', 'other'],
    ['x'.repeat(40), 'x'.repeat(40)],
    ['x'.repeat(41), 'other'],
    ['the agent asked for a file that nobody may read', 'other'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    [{ code: 1 }, 'unknown'],
    [404, '404'],
  ])('%j is %j', (given, expected) => {
    expect(slugText(given)).toBe(expected);
  });

  test('is short and machine-readable, whatever was given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.anything()), (given) => {
        expect(slugText(given)).toMatch(/^[A-Za-z0-9_.:-]{1,40}$/);
      }),
    );
  });
});

test('a label is never empty, never longer than 128 and always well-formed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.anything()), (given) => {
      const text = labelText(given);
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(128);
      expect(Buffer.from(text).toString()).toBe(text);
    }),
  );
});

test('lone surrogates become what UTF-8 makes of them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units);
      expect(wellFormed(text)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
    }),
  );
});
