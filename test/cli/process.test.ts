// What only a process of its own shows: its end, and its pipes.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { folderOfEachTest } from './support.js';

const ROOT = join(__dirname, '../..');
const folder = folderOfEachTest();

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param deaf - the reader of what it says is gone from the start */
async function program(args: readonly string[], deaf = false): Promise<Ended> {
  const main = join(ROOT, 'src/cli/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { cwd: ROOT });
  if (deaf) child.stdout.destroy();
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([deaf ? '' : text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
}

function replay(policy: string): Promise<Ended> {
  const path = join(folder(), 'policy.mjs');
  const calls = join(folder(), 'calls.jsonl');
  writeFileSync(path, policy);
  writeFileSync(calls, '{"agent_id":"a","action":"x"}\n');
  return program(['replay', calls, '--policy', path, '--strict', '--timeout', '0.1']);
}

test.each([
  ['never answers', 'export default () => new Promise(() => {});', '1 unknown'],
  [
    'answers late, and is at work still',
    'setInterval(() => {}, 1e6); export default () => new Promise(() => {});',
    '1 unknown',
  ],
  ['is never loaded', 'await new Promise(() => {}); export default () => true;', ''],
  ['ends the process', 'export default () => process.exit(0);', ''],
  ['ends it as it is loaded', 'process.exit(0);', ''],
])('a policy that %s passes no gate', async (_, policy, says) => {
  const { code, out, err } = await replay(policy);
  expect(code).toBe(1);
  if (says === '') expect(err).toContain('the process ended before the command did');
  expect(out).toContain(says);
});

test('a reader that stops early stops no work', async () => {
  const stack = join(folder(), 'stack');
  expect(await program(['init', stack, '--yes'], true)).toEqual({ code: 0, out: '', err: '' });
  for (const name of ['.env', '.gitignore', 'agent-os-observability.json'])
    expect(existsSync(join(stack, name))).toBe(true);
  expect(await program(['init', '--help'], true)).toEqual({ code: 0, out: '', err: '' });
});
