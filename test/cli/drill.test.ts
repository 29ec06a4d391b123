import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Broken, wait } from '../../src/cli/drill/hops.js';
import { Relay } from '../../src/cli/drill/relay.js';
import { FakeStack } from './fake-stack.js';
import { cli, folderOfEachTest } from './support.js';

// What a command loads late takes long where coverage is measured, and is no part of what a test waits for.
beforeAll(async () => {
  await Promise.all([import('../../src/cli/drill/drill.js'), import('../../src/cli/drill/kernel.js')]);
}, 120_000);

const folder = folderOfEachTest();
let stack: FakeStack;
beforeEach(async () => (stack = await FakeStack.start()));
afterEach(() => stack.close());

async function drill(kind: string, ...args: string[]) {
  const programs = ['--endpoint', stack.url, '--prometheus', stack.url, '--alertmanager', stack.url];
  const { code, out, err } = await cli(['drill', kind, '--timeout', '1', ...programs, ...args], {
    cwd: folder(),
  });
  return { code, out, err };
}

/** Every alert there is, of this instance or not, and a value for every query. */
const allAlerts = (labels: object) => ({
  '/api/v1/query': () => ({ body: { data: { result: [{ value: [0, '20'] }] } } }),
  '/api/v1/alerts': () => ({ body: { data: { alerts: [{ state: 'firing', labels }] } } }),
  '/api/v2/alerts': () => ({ body: [{ status: { state: 'active' }, labels }] }),
});

test.each(['violation', 'kill', 'silence'])(
  '%s of which nobody hears fails at the rules, and says so in both reports',
  async (kind) => {
    stack.change(allAlerts({}));
    const { code, out } = await drill(kind);
    expect(code).toBe(1);
    expect(out).toContain(`drill ${kind}: FAILED`);
    expect(out).toContain('Prometheus (rules): not within 1 s');
    const [json, page] = readdirSync(join(folder(), 'drills')).sort();
    const report = JSON.parse(readFileSync(join(folder(), 'drills', json!), 'utf8')) as object;
    expect(report).toMatchObject({ drill: kind, held: false, failed: { name: 'Prometheus (rules)' } });
    expect(readFileSync(join(folder(), 'drills', page!), 'utf8')).toContain('| Prometheus (rules) | failed:');
  },
);

test('a violation that is told of holds, with its times', async () => {
  const labels: Record<string, string> = {
    alertname: 'AgentOSUnblockedViolation',
    service_name: 'agent-os-drill',
  };
  let sent = 0;
  stack.change({
    ...allAlerts(labels),
    '/api/v1/query': ({ url }) => {
      labels['agent_id'] = /drill-[0-9a-f]{12}/.exec(decodeURIComponent(url!))![0];
      return { body: { data: { result: [{ value: [0, '1'] }] } } };
    },
    '/metrics': () => ({ body: `alertmanager_notifications_total{} ${(sent += 1)}\n` }),
  });
  const { code, out } = await drill('violation', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ held: true, measured: { 'decision to page': expect.any(Number) } });
});

test('a way that is cut loses nothing', async () => {
  stack.change(allAlerts({}));
  const { code, out } = await drill('collector-away', '--json');
  expect(JSON.parse(out)).toMatchObject({ held: true, measured: { recorded: 20, lost: 0 } });
  expect(code).toBe(0);
}, 30_000);

test.each([
  [['nonsense'], 'there is no drill "nonsense"'],
  [['violation', '--alertmanager', 'none'], 'needs --prometheus and --alertmanager'],
  [['silence', '--endpoint', 'https://collector.test'], 'only where it is http'],
])('refuses %j', async ([kind, ...args], says) => {
  const { code, err } = await drill(kind!, ...args);
  expect(code).toBe(2);
  expect(err).toContain(says);
});

test('a kernel that does not start is a fault of the call', async () => {
  process.env['OTEL_CONFIG_FILE'] = '/nonsense.yaml';
  try {
    const { code, err } = await drill('silence');
    expect(code).toBe(2);
    expect(err).toContain('OTEL_CONFIG_FILE: received /nonsense.yaml (ENOENT)');
  } finally {
    delete process.env['OTEL_CONFIG_FILE'];
  }
});

test('what cannot hold any more is not waited for', async () => {
  const holds = () => Promise.reject(new Broken('silenced'));
  const course = await wait([{ name: 'a', fix: 'b', holds }], performance.now(), 3600);
  expect(course).toEqual({ passed: [], failed: { name: 'a', why: 'silenced', fix: 'b' } });
});

test('a relay carries both ways, drops all when it is cut, and carries again', async () => {
  const server = createServer((_, response) => response.end('there'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = await Relay.to('127.0.0.1', (server.address() as AddressInfo).port);
  const ask = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${relay.port}/`, { headers: { connection: 'close' } });
    return await response.text();
  };
  expect(await ask()).toBe('there');
  const open = connect(relay.port, '127.0.0.1');
  await new Promise((resolve) => open.once('connect', resolve));
  const closed = new Promise((resolve) => open.once('close', resolve));
  relay.cut();
  await closed;
  await expect(ask()).rejects.toThrow();
  relay.mend();
  expect(await ask()).toBe('there');
  relay.close();
  server.close();
});
