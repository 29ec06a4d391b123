import { observe } from '../../src/common/outcome.js';

function recorder() {
  const calls: unknown[] = [];
  return {
    calls,
    returned: (value: unknown) => void calls.push(['returned', value]),
    threw: (error: unknown) => void calls.push(['threw', error]),
  };
}

test('a value is told and given', () => {
  const { calls, returned, threw } = recorder();
  const value = {};
  expect(observe(() => value, returned, threw)).toBe(value);
  expect(calls).toEqual([['returned', value]]);
});

test('an exception is told and thrown, the same', () => {
  const { calls, returned, threw } = recorder();
  const boom = new Error('boom');
  const run = (): never => {
    throw boom;
  };
  expect(() => observe(run, returned, threw)).toThrow(boom);
  expect(calls).toEqual([['threw', boom]]);
});

test('a promise is told before its caller goes on, and settles alike', async () => {
  const { calls, returned, threw } = recorder();
  const boom = new Error('boom');
  await observe(() => Promise.resolve(1), returned, threw).then(() => calls.push('caller'));
  await expect(observe(() => Promise.reject(boom), returned, threw)).rejects.toBe(boom);
  expect(calls).toEqual([['returned', 1], 'caller', ['threw', boom]]);
});
