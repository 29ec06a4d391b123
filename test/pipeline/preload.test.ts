import { preload } from '../../src/pipeline/preload.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('preload', () => {
  it('loads one thing in each turn of the event loop, in order, once the start is over', async () => {
    const done: string[] = [];
    let ready = (): void => {};
    preload(new Promise<void>((resolve) => (ready = resolve)), [() => done.push('a'), () => done.push('b')]);
    await turn();
    expect(done).toEqual([]);
    ready();
    await Promise.resolve();
    await turn();
    expect(done).toEqual(['a']);
    await turn();
    expect(done).toEqual(['a', 'b']);
  });

  it('loads the rest when one load throws, also after a failed start', async () => {
    const done: string[] = [];
    const fail = (): never => {
      throw new Error('too many open files');
    };
    preload(Promise.reject(new Error('EADDRINUSE')), [fail, () => done.push('b')]);
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(done).toEqual(['b']);
  });

  it('loads nothing after it was stopped', async () => {
    const done: string[] = [];
    const stop = preload(Promise.resolve(), [() => done.push('a'), () => done.push('b')]);
    await Promise.resolve();
    await turn();
    stop();
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(done).toEqual(['a']);
  });
});
