import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { prometheusStub } from './prometheus-stub.js';

const COMMAND = join(__dirname, '../../tools/report/main.ts');

describe('npm run report:ciso', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = async (args: readonly string[], path: string) => {
    const child = runChild(COMMAND, { args, env: { PATH: path }, timeoutMs: 60_000 });
    const { code } = await child.exited;
    return { code, stdout: child.stdout, stderr: child.stderr };
  };
  const asked = (url: string) => [
    ...['--prometheus', url, '--from', '2026-11-01', '--to', '2026-11-08'],
    ...['--out', join(folder, 'out')],
  ];

  it('writes the page, and says plainly that there is no browser to print it', async () => {
    const stub = await prometheusStub([]);
    const { code, stdout, stderr } = await run(asked(stub.url), folder);
    await stub.close();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('No PDF: no Chromium, Chrome or Edge is on the PATH.');
    expect(readFileSync(join(folder, 'out/report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('has a browser print it, where one is on the path', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const browser = join(bin, 'chromium');
    const file = `$(echo "$@" | sed 's/.*--print-to-pdf=\\([^ ]*\\).*/\\1/')`;
    writeFileSync(browser, `#!/bin/sh\nprintf '%%PDF-1.7' > ${file}\n`);
    chmodSync(browser, 0o755);
    const stub = await prometheusStub([]);
    const { code, stdout } = await run(asked(stub.url), `${bin}:/usr/bin:/bin`);
    await stub.close();
    expect([code, stdout]).toEqual([0, expect.stringContaining('report.pdf')]);
    expect(readFileSync(join(folder, 'out/report.pdf'), 'utf8')).toBe('%PDF-1.7');
  });

  it('fails with what the browser said, and leaves the page', async () => {
    const browser = join(folder, 'broken');
    writeFileSync(browser, '#!/bin/sh\necho "no display" >&2\nexit 1\n');
    chmodSync(browser, 0o755);
    const stub = await prometheusStub([]);
    const { code, stderr } = await run([...asked(stub.url), '--browser', browser], '/usr/bin:/bin');
    await stub.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining('no display')]);
    expect(existsSync(join(folder, 'out/report.html'))).toBe(true);
  });

  it.each([
    [
      ['--from', '2026-11-01', '--to', '2026-11-02', '--out', 'x'],
      '--prometheus must be an http or https URL',
    ],
    [
      ['--prometheus', 'http://127.0.0.1:9', '--from', '2026-11-01', '--to', '2026-11-02'],
      '--out is missing',
    ],
    [['--prometheus', 'http://127.0.0.1:9', '--out', 'x'], '--from must be as'],
  ])('says of %j what is wrong', async (args, said) => {
    const { code, stderr } = await run(args, '');
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});
