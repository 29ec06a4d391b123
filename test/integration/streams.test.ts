import { join } from 'node:path';
import { runChild } from '../support/child.js';

const run = async (host: string) => {
  const child = runChild(join(__dirname, 'children', 'streams.ts'), { args: [host] });
  const { code } = await child.exited;
  return { code, stderr: child.stderr };
};

test.each([['a generator whose error nobody handles'], ['a Readable whose error nobody handles']])(
  '%s ends the process, as it would without us',
  async (host) => {
    const { code, stderr } = await run(host);
    expect(code).toBe(1);
    expect(stderr).toContain('broke off');
  },
);

test.each([
  ['a generator whose error is handled'],
  ['a Readable whose error is handled'],
  ['a ReadableStream that fails while nobody reads it'],
  ['a stream that is never read'],
])('%s lets the process end by itself', async (host) => {
  expect(await run(host)).toEqual({ code: 0, stderr: '' });
});
