import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOtelcol, validate } from '../../tools/collector/otelcol.js';
import { runChild } from '../support/child.js';
import { FOLDER } from './collector-files.js';

const CHECK = join(__dirname, '..', '..', 'tools', 'collector', 'check.ts');
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'collector-check-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Stands for the Collector: says so much, and ends so. */
function otelcol(said: string, code: number): string {
  const path = join(folder, `otelcol-${code}-${said.length}`);
  writeFileSync(path, `#!/bin/sh\ncat >&2 <<'END'\n${said}\nEND\nexit ${code}\n`, { mode: 0o755 });
  return path;
}

async function check(args: string[], env: Record<string, string> = {}) {
  const child = runChild(CHECK, { args, env: { OTELCOL: otelcol('', 0), ...env } });
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

describe('collector:check', () => {
  it('says what will run, and that the Collector takes it', async () => {
    const { code, stdout } = await check(['base', 'backends/jaeger']);
    expect(stdout).toMatch(/traces\/jaeger +forward\/traces → otlp_grpc\/jaeger/);
    expect(stdout).toMatch(/^Start: otelcol --config \S*base\.yaml --config \S*jaeger\.yaml$/m);
    expect(stdout).toContain('Accepted by ');
    expect(code).toBe(0);
  });

  it('takes paths as well as names', async () => {
    const { code } = await check([join(FOLDER, 'base.yaml'), join(FOLDER, 'backends/debug.yaml')]);
    expect(code).toBe(0);
  });

  it('ends with 1 for a problem, before the Collector is asked', async () => {
    const { code, stdout, stderr } = await check(['base', 'backends/tempo'], {
      TEMPO_ENDPOINT: '',
      OTELCOL: otelcol('never', 1),
    });
    expect(stderr).toContain('TEMPO_ENDPOINT is empty');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('ends with 1 when the Collector refuses', async () => {
    const refusing = otelcol('Error: invalid configuration: `queue_size` must be positive', 1);
    const { code, stderr } = await check(['base', 'backends/debug'], { OTELCOL: refusing });
    expect(stderr).toContain(
      'refuses this configuration:\ninvalid configuration: `queue_size` must be positive',
    );
    expect(code).toBe(1);
  });

  it.each([
    [['base', 'backends/none'], {}, /There is no backends\/none/],
    [[], {}, /usage: npm run collector:check/],
    [
      ['base', 'backends/debug'],
      { OTELCOL: '/none/otelcol' },
      /OTELCOL names \/none\/otelcol, which is not there/,
    ],
  ])('ends with 2 for %j %j', async (args, env, said) => {
    const { code, stderr } = await check(args, env);
    expect(stderr).toMatch(said);
    expect(code).toBe(2);
  });
});

describe('validation by the Collector', () => {
  const unknown = `'exporters' unknown type: "datadog" for id: "datadog" (valid values: [debug])`;

  it('names components that a build has not', () => {
    expect(validate(otelcol(unknown, 1), ['a.yaml'], process.env).missing).toEqual(['datadog (exporters)']);
  });

  it('does not take another fault for that', () => {
    const both = `${unknown}\n'processors' error reading configuration for "redaction": bad`;
    expect(validate(otelcol(both, 1), ['a.yaml'], process.env).missing).toEqual([]);
  });

  it('is by the program that OTELCOL names', async () => {
    const path = otelcol('', 0);
    expect(await findOtelcol({ OTELCOL: path })).toEqual({ path, named: true });
  });
});
