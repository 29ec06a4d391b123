import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RereadFile, whyUnreadable } from '../../src/common/reread-file.js';

const root = mkdtempSync(join(tmpdir(), 'reread-file-'));
afterAll(() => rmSync(root, { recursive: true }));

const path = (name: string): string => join(root, name);
const reasonOf = async (file: RereadFile): Promise<string> => {
  const look: unknown = await file.look().catch(whyUnreadable);
  return look as string;
};

test('a file is read at once, and again when it changes', async () => {
  writeFileSync(path('a'), 'one');
  const file = new RereadFile(path('a'));
  expect(file.content).toBeUndefined();
  expect(file.readNow().toString()).toBe('one');
  expect(await file.look()).toBe(false);
  writeFileSync(path('a'), 'two');
  expect(await file.look()).toBe(true);
  expect(file.content?.toString()).toBe('two');
});

test('a change of the same length and time is seen', async () => {
  writeFileSync(path('b'), 'one');
  utimesSync(path('b'), 1000, 1000);
  const file = new RereadFile(path('b'));
  file.readNow();
  writeFileSync(path('b'), 'two');
  utimesSync(path('b'), 1000, 1000);
  expect(await file.look()).toBe(true);
});

test('a link that leads elsewhere is followed, as mounted secrets change', async () => {
  writeFileSync(path('first'), 'one');
  writeFileSync(path('second'), 'two');
  symlinkSync('first', path('link'));
  const file = new RereadFile(path('link'));
  file.readNow();
  symlinkSync('second', path('next'));
  renameSync(path('next'), path('link'));
  expect(await file.look()).toBe(true);
  expect(file.content?.toString()).toBe('two');
});

test('the last content stays where the file is gone', async () => {
  writeFileSync(path('c'), 'one');
  const file = new RereadFile(path('c'));
  file.readNow();
  rmSync(path('c'));
  expect(await reasonOf(file)).toBe('ENOENT');
  expect(file.content?.toString()).toBe('one');
});

test.each([
  ['a folder', () => root, /^(EISDIR|no regular file)$/],
  [
    'a pipe that nobody writes to',
    () => {
      execFileSync('mkfifo', [path('pipe')]);
      return path('pipe');
    },
    /^no regular file$/,
  ],
  [
    'a file of two megabytes',
    () => {
      writeFileSync(path('large'), '');
      truncateSync(path('large'), 2 ** 21);
      return path('large');
    },
    /^larger than 1 MiB$/,
  ],
])('%s is not read, and nobody waits for it', async (_, make, reason) => {
  const file = new RereadFile(make());
  expect(await reasonOf(file)).toMatch(reason);
  expect(() => file.readNow()).toThrow(expect.objectContaining({ code: expect.stringMatching(reason) }));
  expect(file.content).toBeUndefined();
});
