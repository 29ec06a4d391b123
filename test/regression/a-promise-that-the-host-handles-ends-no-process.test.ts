import { join } from 'node:path';
import { runChild } from '../support/child.js';

// What we returned for the host's promise was a second promise with the same rejection. Where the host handled its own and
// did not look at ours, the runtime reported ours as unhandled and ended the process.

const CHILD = join(__dirname, '..', 'integration', 'children', 'handled-elsewhere.ts');

test('a promise that the host handles itself ends no process, though what we return for it is ignored', async () => {
  const child = runChild(CHILD, { args: ['handled'] });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(child.stderr).toBe('');
});

// Of these the host has nothing but what we return, so nobody has handled it.
test('a kill or a tool that fails, and that nobody looks at, stays unhandled', async () => {
  const verbs = ['kills.kill', 'governance.toolCall'];
  const child = runChild(CHILD, { args: ['left', ...verbs] });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(child.stdout.trim().split('\n')).toEqual(verbs);
});
