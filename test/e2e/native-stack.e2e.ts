import { createServer } from 'node:net';
import { join } from 'node:path';
import { DEFAULT_PORTS, takenPorts } from '../../tools/stack/native/ports.js';
import { ROOT } from '../../tools/stack/native/programs.js';
import { runChild } from '../support/child.js';
import { Prometheus } from '../../tools/pictures/prometheus.js';
import { eventually } from './support/eventually.js';
import { json } from './support/json.js';
import { opens } from './support/opens.js';
import { observed } from './support/observed.js';
import { TestStack } from './support/test-stack.js';

const PROMETHEUS = `http://127.0.0.1:${DEFAULT_PORTS.prometheus}`;
const START = join(ROOT, 'tools/stack/native/start.ts');

describe('npm run stack:native', () => {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.create()));
  afterEach(() => stack.close());

  const start = (...flags: string[]) =>
    runChild(START, { args: ['--data', stack.folder('stack'), ...flags], timeoutMs: 120_000 });

  it('starts all of it on the documented ports, and Ctrl-C stops all of it', async () => {
    const child = start();
    await child.waitForLine(/^Ctrl-C stops all of it/);
    const { data } = await json<{ data: { result: unknown[] } }>(`${PROMETHEUS}/api/v1/query?query=1`);
    expect(data.result).toHaveLength(2);
    const printed = [...child.stdout.matchAll(/http:\S+/g)].map(([url]) => url);
    expect(printed.length).toBeGreaterThan(4);
    for (const url of printed) await opens(url);
    const linked = await eventually('the Watchdog', async () => {
      const alert = (await new Prometheus(PROMETHEUS).alerts()).find(({ state }) => state === 'firing');
      return alert && [alert.annotations.dashboard_url!, alert.annotations.runbook_url!];
    });
    for (const url of linked) await opens(url);
    child.kill('SIGINT');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(await takenPorts(Object.values(DEFAULT_PORTS))).toEqual([]);
    observed('native stack', 'one command starts it on the ports of docker compose, Ctrl-C stops it', [
      `${[...child.stdout.matchAll(/^(\S.*?)\s+ready/gm)].map(([, name]) => name!).join(', ')} ready; ${printed.length} printed links and those of the first alert open as pages; all ports free afterwards`,
    ]);
  });

  it('names the port that something else has, and starts nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(DEFAULT_PORTS.alertmanager, '127.0.0.1', resolve));
    const child = start();
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr).toContain(`127.0.0.1:${DEFAULT_PORTS.alertmanager}`);
    expect(child.stdout).not.toContain('ready');
    await new Promise((resolve) => server.close(resolve));
  });

  it('says what a backend lacks before it builds or starts anything', async () => {
    const child = start('--backends', 'tempo');
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr).toContain('TEMPO_ENDPOINT');
  });
});
