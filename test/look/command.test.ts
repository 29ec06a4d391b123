import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { served } from './served.js';

const COMMAND = join(__dirname, '../../tools/look/main.ts');

async function run(args: readonly string[]) {
  const child = runChild(COMMAND, { args });
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

describe('npm run look', () => {
  it('says how it is used', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const option of ['--prometheus', '--port', '--jaeger', '--victoria-logs'])
      expect(stdout).toContain(option);
  });

  it.each([
    [['--port', 'x'], '--port must be a number from 0 to 65535, got x'],
    [['--prometheus', 'localhost:9090'], '--prometheus must be an http or https URL, got localhost:9090'],
    [['--nothing'], '--nothing'],
  ])('says of %j what is wrong, and how it is used', async (args, said) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).toContain('--help');
  });

  it('says where it looked for a Prometheus that does not answer', async () => {
    const { code, stderr } = await run(['--port', '0', '--prometheus', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Prometheus at http:\/\/127\.0\.0\.1:9 does not answer: .+\nnpm run stack:native starts one/,
    );
  });

  it('serves until it is stopped', async () => {
    const { prometheusUrl, close } = await served();
    const child = runChild(COMMAND, { args: ['--port', '0', '--prometheus', prometheusUrl] });
    const [, url] = await child.waitForLine(/^(http:\S+) shows what/);
    expect((await fetch(url!, { headers: { connection: 'close' } })).status).toBe(200);
    child.kill('SIGINT');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    await close();
  });
});
