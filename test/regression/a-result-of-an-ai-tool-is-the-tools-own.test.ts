import { governTool, type AiTool } from '../../src/frameworks/ai-sdk.js';
import { frameworkBench } from '../frameworks/support.js';

// A result that can be iterated was taken for a stream: it was read to its end, all its pages fetched, and its last value
// given in its place. The SDK iterates what `execute` returns, never what its promise gives.

const bench = frameworkBench();
const values = async function* () {
  yield 1;
  yield 2;
};
const paged = (read = jest.fn(values)) => ({ data: [1, 2], read, [Symbol.asyncIterator]: read });

const POLICIES: Record<string, () => unknown> = {
  'at once': () => 'allow',
  later: async () => 'allow',
};
const outputOf = (policy: () => unknown, execute: () => unknown): unknown =>
  governTool<AiTool>(bench.current.obs, policy, { execute }, { action: 'list' }).execute({}, {});

describe.each(Object.entries(POLICIES))('a policy that answers %s', (when, policy) => {
  it.each<[string, (result: unknown) => unknown]>([
    ['an async function', async (result) => result],
    ['a promise', (result) => Promise.resolve(result)],
    ['a thenable', (result) => ({ then: (resolve: (value: unknown) => void) => resolve(result) })],
  ])('leaves alone what %s gives', async (_, by) => {
    const page = paged();
    const stream = new ReadableStream({ start: (controller) => controller.close() });
    expect(await outputOf(policy, () => by(page))).toBe(page);
    expect(page.read).not.toHaveBeenCalled();
    expect(await outputOf(policy, () => by(stream))).toBe(stream);
    expect(stream.locked).toBe(false);
  });

  it('gives what is returned at once to the SDK to iterate, or its last value by a promise', async () => {
    const page = paged();
    const output = outputOf(policy, () => page);
    expect(await output).toBe(when === 'later' ? 2 : page);
  });
});
