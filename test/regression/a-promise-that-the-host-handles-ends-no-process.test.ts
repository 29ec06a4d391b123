import { join } from 'node:path';
import { runChild } from '../support/child.js';

// What we returned for the host's promise was a second promise with the same rejection. Where the host handled its own and
// did not look at ours, the runtime reported ours as unhandled and ended the process.

test('a promise that the host handles itself ends no process, though what we return for it is ignored', async () => {
  const child = runChild(join(__dirname, '..', 'integration', 'children', 'handled-elsewhere.ts'));
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(child.stderr).toBe('');
});
