import { runInNewContext } from 'node:vm';
import { join } from 'node:path';
import { errorType, isThenable, observeOutcome, promiseOf, type Outcome } from '../../src/common/outcome.js';
import { runChild } from '../support/child.js';

/** Runs `fn` observed; `outcomes` is what was told. */
function observed<T>(fn: () => T) {
  const outcomes: Outcome<Awaited<T>>[] = [];
  let thrown: unknown;
  let result: T | undefined;
  try {
    result = observeOutcome(fn, (outcome) => outcomes.push(outcome));
  } catch (error) {
    thrown = error;
  }
  return { outcomes, result, thrown };
}

const failing = async (error: unknown) => {
  throw error;
};

/** Until the runtime would have reported a rejection as unhandled, for which jest fails the test. */
const reported = async () => {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
};

describe('a function that returns', () => {
  test.each([[undefined], [null], [0], [''], [false], [{ then: 'no function' }], [Symbol.iterator]])(
    '%p gives just that, told once',
    (value) => {
      const { outcomes, result } = observed(() => value);
      expect(result).toBe(value);
      expect(outcomes).toEqual([{ threw: false, value }]);
    },
  );

  test('an object that refuses to be looked at gives it back', () => {
    const refuse = () => {
      throw new Error('refused');
    };
    const proxy = new Proxy({}, { get: refuse, getPrototypeOf: refuse });
    const { outcomes, result, thrown } = observed(() => proxy);
    expect(result).toBe(proxy);
    expect(thrown).toBeUndefined();
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]!.threw).toBe(false);
  });
});

test.each([[new Error('x')], [undefined], [null], ['text'], [{ code: 1 }]])(
  'a function that throws %p throws the very same, told once',
  (error) => {
    const { outcomes, thrown } = observed(() => {
      throw error;
    });
    expect(thrown).toBe(error);
    expect(outcomes).toEqual([{ threw: true, error }]);
  },
);

describe('a promise', () => {
  test('settles alike, told once, before its awaiter goes on', async () => {
    const { outcomes, result } = observed(() => Promise.resolve(7));
    expect(outcomes).toEqual([]);
    expect(await result).toBe(7);
    expect(outcomes).toEqual([{ threw: false, value: 7 }]);
  });

  test('of a subclass stays of it', async () => {
    class Lazy<T> extends Promise<T> {}
    const { result } = observed(() => Lazy.resolve<number>(7));
    expect(result).toBeInstanceOf(Lazy);
    expect(await result).toBe(7);
  });

  test('that rejects rejects with the very same, and makes no rejection of ours', async () => {
    const error = new Error('x');
    const { outcomes, result } = observed(() => failing(error));
    await expect(result).rejects.toBe(error);
    expect(outcomes).toEqual([{ threw: true, error }]);
    await reported();
  });

  test('whose rejection the caller leaves unhandled is still reported as unhandled', async () => {
    const child = runChild(join(__dirname, '..', 'integration', 'children', 'unhandled.ts'));
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr).toContain('Error: left alone');
  });

  test('is told though nobody awaits it', async () => {
    const { outcomes } = observed(() => Promise.resolve('a'));
    await Promise.resolve();
    expect(outcomes).toEqual([{ threw: false, value: 'a' }]);
  });
});

describe('a thenable that is no promise', () => {
  test('is started once, though the caller awaits it', async () => {
    let started = 0;
    const lazy: PromiseLike<string> = {
      then(resolve, reject) {
        started++;
        return Promise.resolve('rows').then(resolve, reject);
      },
    };
    const { outcomes, result } = observed(() => lazy);
    expect(await result).toBe('rows');
    expect(await result).toBe('rows');
    expect(started).toBe(1);
    expect(outcomes).toEqual([{ threw: false, value: 'rows' }]);
  });

  test('gives its value though its `then` returns nothing', async () => {
    const bare = { then: (resolve: (value: number) => void) => resolve(3) };
    const { outcomes, result } = observed(() => bare as unknown as Promise<number>);
    expect(await result).toBe(3);
    expect(outcomes).toEqual([{ threw: false, value: 3 }]);
  });

  test('that answers twice is told once', async () => {
    const twice = {
      then(resolve: (value: number) => void, reject: (error: unknown) => void) {
        resolve(1);
        resolve(2);
        reject(new Error('x'));
      },
    };
    const { outcomes, result } = observed(() => twice as unknown as Promise<number>);
    expect(await result).toBe(1);
    expect(outcomes).toEqual([{ threw: false, value: 1 }]);
  });

  test('whose `then` throws rejects, told once, as `await` has it', async () => {
    const error = new Error('x');
    const broken = {
      then() {
        throw error;
      },
    };
    const { outcomes, result, thrown } = observed(() => broken as unknown as Promise<number>);
    expect(thrown).toBeUndefined();
    await expect(result).rejects.toBe(error);
    expect(outcomes).toEqual([{ threw: true, error }]);
  });

  test('that rejects rejects with the very same, which the caller must handle as ever', async () => {
    const error = new Error('x');
    const rejecting = { then: (_: unknown, reject: (error: unknown) => void) => reject(error) };
    const { outcomes, result } = observed(() => rejecting as unknown as Promise<number>);
    await expect(result).rejects.toBe(error);
    expect(outcomes).toEqual([{ threw: true, error }]);
    await reported();
  });

  test('may be a function', async () => {
    const callable = Object.assign(() => {}, { then: (resolve: (value: number) => void) => resolve(5) });
    const { outcomes, result } = observed(() => callable as unknown as Promise<number>);
    expect(await result).toBe(5);
    expect(outcomes).toEqual([{ threw: false, value: 5 }]);
  });

  test('may be a promise of another realm', async () => {
    const foreign = runInNewContext('Promise.resolve(4)') as Promise<number>;
    expect(foreign).not.toBeInstanceOf(Promise);
    const { outcomes, result } = observed(() => foreign);
    expect(await result).toBe(4);
    expect(outcomes).toEqual([{ threw: false, value: 4 }]);
  });
});

describe('an observer that throws', () => {
  const ended = () => {
    throw new Error('of the observer');
  };

  test('costs the caller nothing', async () => {
    const error = new Error('of the host');
    const thrower = () => {
      throw error;
    };
    expect(observeOutcome(() => 1, ended)).toBe(1);
    expect(() => observeOutcome(thrower, ended)).toThrow(error);
    expect(await observeOutcome(async () => 2, ended)).toBe(2);
    await expect(observeOutcome(() => failing(error), ended)).rejects.toBe(error);
    await reported();
  });
});

test('isThenable is what `await` waits for', () => {
  const then = () => {};
  expect([{ then }, Object.assign(() => {}, { then }), Promise.resolve()].map(isThenable)).toEqual([
    true,
    true,
    true,
  ]);
  const refusing = Object.defineProperty({}, 'then', {
    get() {
      throw new Error('no');
    },
  });
  expect([undefined, null, 'then', { then: 1 }, {}, refusing].map(isThenable)).toEqual(Array(6).fill(false));
});

test('promiseOf starts a thenable at once', async () => {
  const started: string[] = [];
  const promise = promiseOf({
    then: (resolve?: ((value: number) => never) | null) => {
      started.push('now');
      return resolve!(1);
    },
  });
  expect(started).toEqual(['now']);
  expect(await promise).toBe(1);
});

describe('errorType', () => {
  class QuotaExceeded extends Error {
    override name = 'QuotaExceeded';
  }
  test.each<[error: unknown, type: string]>([
    [new Error('x'), 'Error'],
    [new TypeError('x'), 'TypeError'],
    [new QuotaExceeded('x'), 'QuotaExceeded'],
    [new DOMException('x', 'AbortError'), 'AbortError'],
    [runInNewContext('new RangeError("x")'), 'RangeError'],
    [{ name: 'Custom' }, 'object'],
    [{ name: 'Custom', message: 'x', stack: '' }, 'Custom'],
    [Object.assign(new TypeError('x'), { name: '' }), 'TypeError'],
    [Object.assign(new TypeError('x'), { name: 'No such user', constructor: undefined }), 'Error'],
    [{ name: '' }, 'object'],
    [{ name: 7 }, 'object'],
    [{}, 'object'],
    [null, 'object'],
    [undefined, 'undefined'],
    ['text', 'string'],
    [7, 'number'],
    [Symbol('s'), 'symbol'],
    [() => {}, 'function'],
  ])('of %p is %s', (error, type) => {
    expect(errorType(error)).toBe(type);
  });

  test('of something that refuses to be looked at is unknown', () => {
    const refusing = {
      stack: '',
      get name(): string {
        throw new Error('no');
      },
    };
    expect(errorType(refusing)).toBe('unknown');
  });
});
