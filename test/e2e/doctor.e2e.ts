// The healthy stack first; then each sabotage breaks one real setting, and the verdict must name the hop and the fix.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program } from '../../tools/stack/native/program.js';
import { alertmanager, collector, prometheus, ROOT } from '../../tools/stack/native/programs.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { VERDICTS } from '../../tools/docs/doctor-verdicts.js';
import { cli } from '../cli/support.js';
import { packedInto } from '../foreign/packed.js';
import { alertmanagerConfiguration, prometheusConfiguration } from './support/configurations.js';
import { observed } from './support/observed.js';
import { QUICK, TestStack } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

const BASE = ['base', 'backends/jaeger', 'backends/prometheus', 'backends/victoria-logs'];
const tls = (name: string): string => join(ROOT, 'test/support/fixtures/tls', name);
const NOWHERE = 'http://127.0.0.1:9';

let stack: TestStack;
let webhook: Webhook;
let host: string;
const running = new Map<string, Program>();

beforeAll(async () => {
  stack = await TestStack.create();
  webhook = await startWebhook();
  host = mkdtempSync(join(tmpdir(), 'agent-os-doctor-'));
  installIn(host);
  const [jaeger, logs] = await Promise.all([stack.startJaeger(), stack.startVictoriaLogs()]);
  running.set('jaeger', jaeger).set('victoriaLogs', logs);
  await Promise.all([startPrometheus(), startAlertmanager(), startCollector()]);
});

afterAll(async () => {
  await Promise.all([...running.values()].map((program) => program.kill()));
  await stack.close();
  await webhook.close();
  rmSync(host, { recursive: true });
});

/** A folder in which a host runs, with the API that we have. */
function installIn(folder: string): void {
  mkdirSync(join(folder, 'node_modules/@opentelemetry'), { recursive: true });
  const ours = join(ROOT, 'node_modules/@opentelemetry/api');
  symlinkSync(ours, join(folder, 'node_modules/@opentelemetry/api'));
}

async function restarted(name: string, settings: Program['settings']): Promise<void> {
  await running.get(name)?.stop();
  running.set(name, await Program.start(settings));
}

const startCollector = (files = BASE, env: Record<string, string> = {}): Promise<void> =>
  restarted('collector', collector(stack.settings, { files, env: { ...QUICK, ...env } }));

const startAlertmanager = (url = webhook.url): Promise<void> =>
  restarted(
    'alertmanager',
    alertmanager(
      stack.settings,
      alertmanagerConfiguration(stack.settings, { webhook: url, groupWait: '1s' }),
    ),
  );

/** With its configuration changed as text, and a flag left away. */
async function startPrometheus(change = (text: string): string => text, without = ''): Promise<void> {
  const file = prometheusConfiguration(stack.settings, {});
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  const settings = prometheus(stack.settings, file);
  await restarted('prometheus', { ...settings, args: settings.args.filter((one) => one !== without) });
}

interface Call {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly now?: () => number;
}

function addressFlags(): string[] {
  const { ports } = stack.settings;
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const addresses = {
    'collector-metrics': `${at(ports.collectorMetrics)}/metrics`,
    prometheus: at(ports.prometheus),
    alertmanager: at(ports.alertmanager),
    jaeger: at(ports.jaeger),
    'victoria-logs': at(ports.victoriaLogs),
  };
  return Object.entries(addresses).flatMap(([name, url]) => [`--${name}`, url]);
}

async function doctor({ env = {}, args = [], cwd = host, now = Date.now }: Call = {}): Promise<Finding[]> {
  const { code, out, err } = await cli(['doctor', '--json', '--timeout', '8', ...addressFlags(), ...args], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl, ...env },
    cwd,
    now,
  });
  expect(err).toBe('');
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  expect(code).toBe(findings.length === 0 ? 0 : 1);
  return findings;
}

test('the healthy stack has no finding, by every protocol, and the alert reaches a receiver', async () => {
  expect(await doctor({ args: ['--alert', '--dashboards', join(ROOT, 'grafana/dashboards')] })).toEqual([]);
  expect(await doctor({ env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' } })).toEqual([]);
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpGrpcUrl };
  expect(await doctor({ env: grpc })).toEqual([]);
  expect(webhook.notifications.some(({ alerts }) => alerts[0]?.labels['alertname'] === 'AgentOSDoctor')).toBe(
    true,
  );
});

/** As a user has it: nothing of this checkout but the tarball, and nothing of the npm that runs this. */
test('the packed package, in an empty folder, writes the stack and finds it healthy', async () => {
  const folder = stack.folder('user');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|otel)_/i.test(name)));
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    promisify(execFile)(program, args, {
      cwd: folder,
      env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl },
    }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => `${String(error)}\n${error.stdout}`,
    );
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    packedInto(folder),
    '@opentelemetry/api@1.9.1',
  ]);
  expect(await run('npx', ['agent-os-observability', 'init', 'stack', '--yes'])).toContain('.env is made');
  const doctored = await run('npx', ['agent-os-observability', 'doctor', '--alert', ...addressFlags()]);
  expect(doctored).toContain('Nothing is wrong.');
});

interface Sabotage {
  readonly what: string;
  /** How the host is configured. */
  readonly call?: () => Call;
  /** What is broken of the stack, and put right after. */
  readonly breaks?: () => Promise<void>;
  readonly heals?: () => Promise<void>;
}

const env = (values: () => Record<string, string>) => (): Call => ({ env: values() });

const SABOTAGES: readonly Sabotage[] = [
  {
    what: 'HTTP is spoken to the port of gRPC',
    call: env(() => ({ OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpGrpcUrl })),
  },
  {
    what: 'gRPC is spoken to the port of HTTP',
    call: env(() => ({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })),
  },
  {
    what: 'the path of a signal is wrong',
    call: env(() => ({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${stack.otlpUrl}/v1/trace` })),
  },
  {
    what: 'nothing listens at the endpoint',
    call: env(() => ({ OTEL_EXPORTER_OTLP_ENDPOINT: NOWHERE })),
  },
  {
    what: 'https to a Collector without TLS',
    call: env(() => ({ OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl.replace('http:', 'https:') })),
  },
  {
    what: 'a proxy that is not there',
    call: env(() => ({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.test:4318', HTTP_PROXY: NOWHERE })),
  },
  {
    what: 'a protocol that does not exist',
    call: env(() => ({ OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' })),
  },
  {
    what: 'the sampler is off',
    call: env(() => ({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })),
  },
  {
    what: 'the SDK is off',
    call: env(() => ({ OTEL_SDK_DISABLED: 'true' })),
  },
  {
    what: 'spans are not exported',
    call: env(() => ({ OTEL_TRACES_EXPORTER: 'none' })),
  },
  {
    what: 'the clock is an hour ahead',
    call: () => ({ now: () => Date.now() + 3_600_000 }),
  },
  {
    what: 'two copies of the API',
    call: () => ({ cwd: withCopy('node_modules/other/node_modules/@opentelemetry/api', '1.8.0') }),
  },
  {
    what: 'a peer out of range',
    call: () => ({ cwd: withCopy('node_modules/express', '3.0.0') }),
  },
  {
    what: 'a provider that does nothing',
    call: () => ({ args: ['--load', setup('trace.disable();')] }),
  },
  {
    what: "another's provider",
    call: () => ({ args: ['--load', setup('trace.disable(); trace.setGlobalTracerProvider(new Other());')] }),
  },
  {
    what: 'a dashboard that asks for what nobody makes',
    call: () => ({ args: ['--dashboards', dashboardThatAsks('agent_os_no_such_thing_total')] }),
  },
  {
    what: 'the Collector wants a token',
    breaks: () => {
      const tokens = join(stack.folder('secrets'), 'tokens');
      writeFileSync(tokens, 'a-token # claims\n');
      return startCollector(['base', 'security/bearer', ...BASE.slice(1)], { COLLECTOR_BEARER_FILE: tokens });
    },
    heals: startCollector,
  },
  {
    what: 'http to a Collector with TLS',
    breaks: () => startWithTls(),
  },
  {
    what: 'a certificate that is not trusted',
    call: env(() => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl.replace('http://127.0.0.1', 'https://localhost'),
    })),
    heals: startCollector,
  },
  {
    what: 'the Collector has no backend for traces',
    breaks: () => startCollector(['base', 'backends/prometheus', 'backends/victoria-logs']),
  },
  {
    what: 'the Collector sends traces where nobody is',
    breaks: () => startCollector(BASE, { JAEGER_ENDPOINT: '127.0.0.1:9' }),
  },
  {
    what: 'the Collector sends events where nobody is',
    breaks: () =>
      startCollector(BASE, { VICTORIA_LOGS_URL: NOWHERE, COLLECTOR_STORAGE: stack.folder('queue-2') }),
    heals: () => startCollector(BASE, { COLLECTOR_STORAGE: stack.folder('queue-3') }),
  },
  {
    what: 'Prometheus takes no OTLP',
    breaks: () => startPrometheus(undefined, '--web.enable-otlp-receiver'),
  },
  {
    what: 'Prometheus drops the instance',
    breaks: () => startPrometheus((text) => text.replace(/^ *- service.instance.id\n/m, '')),
  },
  {
    what: 'Prometheus has no rules',
    breaks: () => startPrometheus((text) => text.replace(/rules\/\*/g, 'none/*')),
  },
  {
    what: 'Prometheus knows no Alertmanager',
    breaks: () => startPrometheus((text) => text.replace(/^alerting:\n(?: .*\n)+/m, '')),
    heals: startPrometheus,
  },
  {
    what: 'a receiver takes no alerts',
    breaks: () => startAlertmanager(NOWHERE),
    call: () => ({ args: ['--alert'] }),
    heals: startAlertmanager,
  },
  {
    what: 'Alertmanager is not there',
    breaks: () => running.get('alertmanager')!.stop(),
    heals: startAlertmanager,
  },
  {
    what: 'Jaeger is not there',
    breaks: () => running.get('jaeger')!.stop(),
  },
];

const verdicts: string[] = [];
test.each(SABOTAGES)('$what', async ({ what, call = () => ({}), breaks, heals }) => {
  const { hop, fix } = VERDICTS[what]!;
  await breaks?.();
  try {
    const findings = await doctor(call());
    expect(findings.map((one) => one.hop)).toContain(hop);
    expect(findings.find((one) => one.hop === hop)!.fix).toContain(fix);
    // One cause, one finding: nothing else is blamed.
    expect(findings).toHaveLength(1);
    verdicts.push(what);
  } finally {
    await heals?.();
  }
});

test('what was broken is told for the report', () => {
  observed(
    'Doctor',
    'each sabotage of a running stack is named by hop and fix, and a healthy stack has no finding',
    [`${verdicts.length} of ${SABOTAGES.length} sabotages`, ...verdicts],
  );
  expect(verdicts).toEqual(Object.keys(VERDICTS));
});

const startWithTls = (): Promise<void> =>
  startCollector(['base', 'security/mtls', ...BASE.slice(1)], {
    COLLECTOR_TLS_CERT_FILE: tls('receiver.pem'),
    COLLECTOR_TLS_KEY_FILE: tls('receiver.key'),
    COLLECTOR_TLS_CLIENT_CA_FILE: tls('ca.pem'),
  });

let folders = 0;
/** A folder of a host that has one package more. */
function withCopy(path: string, version: string): string {
  const folder = stack.folder(`host-${(folders += 1)}`);
  const api = join(folder, 'node_modules/@opentelemetry/api');
  for (const [at, release] of [
    [api, '1.9.1'],
    [join(folder, path), version],
  ] as const) {
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'package.json'), JSON.stringify({ version: release }));
  }
  return folder;
}

/** A module of a host that sets up telemetry. */
function setup(body: string): string {
  const file = join(stack.folder(`setup-${(folders += 1)}`), 'telemetry.cjs');
  const api = JSON.stringify(join(ROOT, 'node_modules/@opentelemetry/api'));
  const other = 'class Other { getTracer() { return { startSpan: () => ({ isRecording: () => true }) }; } }';
  writeFileSync(file, `const { trace } = require(${api});\n${other}\n${body}\n`);
  return file;
}

function dashboardThatAsks(metric: string): string {
  const folder = stack.folder('dashboards');
  const panels = [{ targets: [{ expr: `sum by (service_name) (rate(${metric}{agent_id="x"}[5m]))` }] }];
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ panels }));
  return folder;
}
