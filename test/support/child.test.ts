import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';

const script = new URL('./fixtures/child-script.ts', import.meta.url);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runChild', () => {
  test('runs TypeScript with its imports, arguments and environment, and keeps all output', async () => {
    const seen: string[] = [];
    const child = runChild(script, {
      args: ['greet', 'today'],
      env: { CHILD_NAME: 'Ada' },
      onStdoutLine: (line) => seen.push(line),
    });
    await expect(child.exited).resolves.toEqual({ code: 3, signal: null });
    expect(seen).toEqual(['mode greet', 'hello Ada today']);
    expect(child.stdout).toBe('mode greet\nhello Ada today\n');
    expect(child.stderr).toBe('a word on stderr\n');
    expect(isAlive(child.pid)).toBe(false);
  }, 30_000);

  test('takes a relative path, and takes a variable away from the environment', async () => {
    const path = relative(process.cwd(), fileURLToPath(script));
    process.env['CHILD_NAME'] = 'inherited';
    try {
      const inherits = runChild(path, { args: ['greet'] });
      const lacks = runChild(path, { args: ['greet'], env: { CHILD_NAME: undefined } });
      await Promise.all([inherits.exited, lacks.exited]);
      expect(inherits.stdout).toContain('hello inherited\n');
      expect(lacks.stdout).toContain('hello nobody\n');
    } finally {
      delete process.env['CHILD_NAME'];
    }
  }, 30_000);

  test('delivers a signal to the script itself, which may end in its own way', async () => {
    const child = runChild(script, { args: ['graceful'] });
    await child.waitForLine(/^ready$/);
    child.kill('SIGTERM');
    await child.waitForLine(/^closing$/);
    await expect(child.exited).resolves.toEqual({ code: 0, signal: null });
  }, 30_000);

  test('reports the signal that ended a child', async () => {
    const child = runChild(script, { args: ['stubborn'] });
    await child.waitForLine(/^ready$/);
    child.kill();
    await child.waitForLine(/^no$/);
    child.kill('SIGKILL');
    await expect(child.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    expect(isAlive(child.pid)).toBe(false);
  }, 30_000);

  test('finds a line that came before it was asked for, also with a global pattern', async () => {
    const child = runChild(script, { args: ['greet'] });
    await child.exited;
    const pattern = /^hello (\w+)/g;
    expect((await child.waitForLine(pattern))[1]).toBe('nobody');
    expect((await child.waitForLine(pattern))[1]).toBe('nobody');
  }, 30_000);

  test('fails with the output when the child ends without the awaited line', async () => {
    const child = runChild(script, { args: ['throw'] });
    await expect(child.waitForLine(/never/)).rejects.toThrow(/ended \(code 1, .*thrown on purpose/s);
    await expect(child.waitForLine(/never/)).rejects.toThrow(/ended \(code 1, /);
    await expect(child.exited).resolves.toMatchObject({ code: 1 });
  }, 30_000);

  test('kills a child that outlives its time and fails with what it had said', async () => {
    // Long enough to start even on a loaded machine; the child would run for ever.
    const child = runChild(script, { args: ['stubborn'], timeoutMs: 4_000 });
    await child.waitForLine(/^ready$/);
    const line = expect(child.waitForLine(/never/)).rejects.toThrow(/still ran after 4000 ms/);
    await expect(child.exited).rejects.toThrow(/was killed: .*--- stdout\nmode stubborn\nready/s);
    await line;
  }, 30_000);

  test('fails when the script does not exist', async () => {
    const child = runChild(new URL('./fixtures/absent.ts', import.meta.url));
    await expect(child.exited).resolves.toMatchObject({ code: 1 });
    expect(child.stderr).toMatch(/ERR_MODULE_NOT_FOUND/);
  }, 30_000);
});
