import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runChild } from '../support/child.js';

// The API uses what is registered globally only where its own version is no newer. A second copy that may not records
// nothing, and says nothing.

const API = resolve(__dirname, '../../node_modules/@opentelemetry/api');
const { version } = JSON.parse(readFileSync(join(API, 'package.json'), 'utf8')) as { version: string };
const [major, minor] = version.split('.').map(Number) as [number, number];
const NEWER = `${major}.${minor + 1}.0`;
const OLDER = `${major}.${minor - 1}.0`;

let scratch: string;
beforeAll(() => (scratch = realpathSync(mkdtempSync(join(tmpdir(), 'api-copies-')))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder whose API is a copy of ours that says it is of that version. */
function copyOf(other: string): string {
  const folder = join(scratch, other);
  const api = join(folder, 'node_modules/@opentelemetry/api');
  cpSync(API, api, { recursive: true });
  for (const file of ['package.json', 'build/src/version.js']) {
    const text = readFileSync(join(api, file), 'utf8');
    writeFileSync(join(api, file), text.replace(version, other));
  }
  return folder;
}

async function started(folder: string, when: 'before' | 'after' | 'first') {
  const child = runChild(join(__dirname, 'children/api-copies.ts'), { args: [folder, when] });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  return { out: child.stdout.trim(), said: child.stderr.trim().split('\n').filter(Boolean) };
}

test.each(['before', 'after'] as const)('a newer one, loaded %s the start', async (when) => {
  const folder = copyOf(NEWER);
  const { out, said } = await started(folder, when);
  expect(out).toBe('library no-op');
  expect(said).toEqual([
    expect.stringContaining(
      `the first to register was ${version} in ${API}: ${NEWER} in ${folder}/node_modules/@opentelemetry/api cannot use`,
    ),
  ]);
});

test.each([
  ['the same version', version],
  ['an older one', OLDER],
])('%s uses what is registered, and nothing is said', async (_, other) => {
  expect(await started(copyOf(other), 'before')).toEqual({ out: 'library records', said: [] });
});

test('ours, where an older one was the first to register', async () => {
  const folder = copyOf(OLDER);
  const { said } = await started(folder, 'first');
  expect(said).toEqual([
    expect.stringMatching(
      new RegExp(
        `the first to register was ${OLDER} in ${folder}/.*: the one of this package \\(${version} in .*\\) cannot use.*` +
          'cannot register our MeterProvider, TracerProvider, context manager, propagators',
      ),
    ),
  ]);
});

test('ours, where a newer one was the first to register', async () => {
  const { said } = await started(copyOf(NEWER), 'first');
  expect(said).toEqual([
    expect.stringContaining('registered a TracerProvider globally'),
    expect.stringMatching(
      /the one of this package .* cannot register our MeterProvider, context manager, propagators/,
    ),
  ]);
});
