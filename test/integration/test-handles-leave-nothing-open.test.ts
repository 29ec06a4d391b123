import { join } from 'node:path';
import { runChild } from '../support/child.js';

// A test of a host that forgets shutdown() must end all the same: nothing of ours holds its process.

test.each(['a test handle', 'a handle', 'recorders'])(
  'a process with %s ends by itself, and at once',
  async (what) => {
    const child = runChild(join(__dirname, 'children/open-handles.ts'), { args: [what] });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.stdout.trim()).toBe('held by: nothing');
    expect(child.stderr).toBe('');
  },
);
