import { observe } from '../../src/common/outcome.js';

function recorder() {
  const calls: unknown[] = [];
  return {
    calls,
    returned: (value: unknown) => void calls.push(['returned', value]),
    threw: (error: unknown) => void calls.push(['threw', error]),
  };
}

test('observe() reports a returned value and returns it', () => {
  const { calls, returned, threw } = recorder();
  const value = {};
  expect(observe(() => value, returned, threw)).toBe(value);
  expect(calls).toEqual([['returned', value]]);
});

test('observe() reports an exception and throws the same one', () => {
  const { calls, returned, threw } = recorder();
  const boom = new Error('boom');
  const run = (): never => {
    throw boom;
  };
  expect(() => observe(run, returned, threw)).toThrow(boom);
  expect(calls).toEqual([['threw', boom]]);
});

test('observe() reports a promise before its caller goes on, and the promise settles the same', async () => {
  const { calls, returned, threw } = recorder();
  const boom = new Error('boom');
  await observe(() => Promise.resolve(1), returned, threw).then(() => calls.push('caller'));
  await expect(observe(() => Promise.reject(boom), returned, threw)).rejects.toBe(boom);
  expect(calls).toEqual([['returned', 1], 'caller', ['threw', boom]]);
});
