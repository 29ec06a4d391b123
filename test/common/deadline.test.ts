import { settledWithin, withDeadline } from '../../src/common/deadline.js';

jest.mock('node:timers', () => jest.requireActual('../support/global-timers.js'));

const never = new Promise<never>(() => {});
const late = (): never => {
  throw new Error('late');
};

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('work that settles in time gives its own outcome and leaves no timer', async () => {
  await expect(withDeadline(Promise.resolve(1), 1000, late)).resolves.toBe(1);
  await expect(withDeadline(Promise.reject(new Error('no')), 1000, late)).rejects.toThrow('no');
  await expect(settledWithin(Promise.resolve(), 1000, late)).resolves.toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});

test('work past its deadline gives what onLate returns or throws', async () => {
  const both = [withDeadline(never, 1000, () => 'late'), withDeadline(never, 1000, late)];
  const outcomes = Promise.allSettled(both);
  await jest.advanceTimersByTimeAsync(1000);
  expect(await outcomes).toEqual([
    { status: 'fulfilled', value: 'late' },
    { status: 'rejected', reason: new Error('late') },
  ]);
});

test('work without a deadline has no timer', async () => {
  const work = withDeadline(Promise.resolve(1), undefined, late);
  expect(jest.getTimerCount()).toBe(0);
  await expect(work).resolves.toBe(1);
});

test('a failure is told to onError and counts as settled; only a late one does not', async () => {
  const told: unknown[] = [];
  const failed = settledWithin(Promise.reject(new Error('no')), 1000, (error) => told.push(error));
  await expect(failed).resolves.toBe(true);
  expect(told).toEqual([new Error('no')]);
  const hung = settledWithin(never, 1000, () => {});
  await jest.advanceTimersByTimeAsync(1000);
  await expect(hung).resolves.toBe(false);
});
