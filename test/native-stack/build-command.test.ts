import { join, resolve } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runChild } from '../support/child.js';

const BUILD = resolve(__dirname, '../../tools/native-stack/build.ts');
const START = resolve(__dirname, '../../tools/stack/native/start.ts');

describe('the native stack without Go', () => {
  let cache: string;
  beforeEach(() => (cache = mkdtempSync(join(tmpdir(), 'native-stack-'))));
  afterEach(() => rmSync(cache, { recursive: true }));
  const env = () => ({ PATH: cache, XDG_CACHE_HOME: cache });

  it.each([
    ['building', BUILD],
    ['starting', START],
  ])('says so when %s, and names Docker Compose', async (_, script) => {
    const child = runChild(script, { env: env() });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr).toContain('docker compose up -d');
    expect(child.stderr).not.toContain('    at ');
  });
});

describe('the build command', () => {
  it.each([
    ['an unknown program', ['--only', 'grafana'], 'There are collector, prometheus, alertmanager, jaeger'],
    ['a number that is none', ['--jobs', 'many'], '--jobs takes a number'],
    ['an unknown flag', ['--fast'], '--fast'],
  ])('refuses %s, and says what there is', async (_, args, said) => {
    const child = runChild(BUILD, { args });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr).toContain(said);
  });
});
