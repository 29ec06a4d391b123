import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../../tools/stack/native/program.js';
import { cli } from '../cli/support.js';
import { observed } from './support/observed.js';
import { TestStack } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

interface Report {
  readonly held: boolean;
  readonly passed: readonly { readonly name: string; readonly seconds: number }[];
  readonly failed?: { readonly name: string; readonly why: string };
  readonly measured: Readonly<Record<string, number>>;
}

let stack: TestStack;
let webhook: Webhook;
let alertmanager: Program;
let out: string;
beforeAll(async () => {
  stack = await TestStack.create();
  webhook = await startWebhook();
  out = mkdtempSync(join(tmpdir(), 'agent-os-drills-'));
  [alertmanager] = await Promise.all([
    stack.startAlertmanager({ webhook: webhook.url, groupWait: '0s' }),
    stack.startPrometheus(),
    stack.startCollector({ files: ['base', 'backends/prometheus'] }),
  ]);
});
afterAll(async () => {
  await stack.close();
  await webhook.close();
  rmSync(out, { recursive: true });
});

async function drill(kind: string, timeout = 60): Promise<Report> {
  const { ports } = stack.settings;
  const flags = ['--endpoint', stack.otlpUrl, '--out', out, '--timeout', String(timeout), '--json'];
  const prometheus = ['--prometheus', `http://127.0.0.1:${ports.prometheus}`];
  const alertmanager = ['--alertmanager', `http://127.0.0.1:${ports.alertmanager}`];
  const { code, out: text, err } = await cli(['drill', kind, ...flags, ...prometheus, ...alertmanager]);
  expect(err).toBe('');
  const report = JSON.parse(text) as Report;
  expect(code).toBe(report.held ? 0 : 1);
  return report;
}

const seen: string[] = [];
test.each([
  ['violation', ['decision to page'], 'AgentOSUnblockedViolation'],
  ['kill', ['kill to contained', 'failed kill to page'], 'AgentOSKillFailed'],
  ['silence', ['silence to page'], 'AgentOSKernelDown'],
  ['collector-away', ['recorded', 'lost', 'back to complete'], undefined],
])('%s holds, is measured and reported', async (kind, measures, alertname) => {
  const report = await drill(kind);
  expect(report.failed).toBeUndefined();
  expect(Object.keys(report.measured)).toEqual(measures);
  if (alertname !== undefined)
    expect(
      webhook.notifications.some(({ alerts }) =>
        alerts.some(({ labels }) => labels['alertname'] === alertname),
      ),
    ).toBe(true);
  const [page] = readdirSync(out).filter((name) => name.startsWith(kind) && name.endsWith('.md'));
  expect(readFileSync(join(out, page!), 'utf8')).toContain(`# Drill: ${kind}`);
  seen.push(
    `${kind}: ${Object.entries(report.measured)
      .map(([what, value]) => `${what} ${value}`)
      .join(', ')}`,
  );
});

test('what drills did is in no count that rules record', async () => {
  const stored = (name: string) =>
    stack.prometheus.stored(`{__name__=~"${name}",service_name="agent-os-drill"}`);
  expect((await stored('agent_os_violations_total')).length).toBeGreaterThan(0);
  expect(await stored('agent_os(_agent)?:.+:(increase|each).+')).toEqual([]);
});

test('a receiver that is broken fails the drill, by its name', async () => {
  await alertmanager.stop();
  await stack.startAlertmanager({ webhook: 'http://127.0.0.1:9', groupWait: '0s' });
  const report = await drill('violation');
  expect(report.failed).toMatchObject({ name: 'Alertmanager → receiver', why: 'the notification fails' });
  observed('drills', 'each incident is told of, and a broken receiver fails the drill', [
    ...seen,
    'intervals of scrapes and rules 1 s, group_wait 0 s',
  ]);
});
