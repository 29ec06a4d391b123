import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fits, installation } from '../../src/cli/doctor/installation.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { FakeStack } from './fake-stack.js';
import { cli, folderOfEachTest } from './support.js';

const folder = folderOfEachTest();
let stack: FakeStack;
beforeEach(async () => (stack = await FakeStack.start()));
afterEach(() => stack.close());

const PROGRAMS = ['prometheus', 'alertmanager', 'jaeger', 'victoria-logs'];

async function doctor(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Finding[]> {
  const flags = PROGRAMS.flatMap((name) => [`--${name}`, stack.url]);
  const metrics = ['--collector-metrics', `${stack.url}/metrics`, '--timeout', '1'];
  const { out } = await cli(['doctor', '--json', ...flags, ...metrics, ...args], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: stack.url, ...env },
    cwd: folder(),
  });
  const { error, findings } = JSON.parse(out) as { error?: string; findings: Finding[] };
  if (error !== undefined) throw new Error(error);
  return findings;
}

const hops = (findings: readonly Finding[]): string[] => findings.map(({ hop }) => hop);

test('a healthy stack has no finding, whatever the protocol over HTTP, and says so', async () => {
  expect(await doctor(['--alert'])).toEqual([]);
  expect(await doctor(['--protocol', 'http/json'])).toEqual([]);
  expect(await doctor([], { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' })).toEqual([]);
  const flags = PROGRAMS.flatMap((name) => [`--${name}`, 'none']);
  const { code, out } = await cli([
    'doctor',
    '--endpoint',
    stack.url,
    '--collector-metrics',
    'none',
    ...flags,
  ]);
  expect(code).toBe(0);
  expect(out).toContain('Nothing is wrong');
});

test('lines name hop and fix', async () => {
  const flags = PROGRAMS.flatMap((name) => [`--${name}`, 'none']);
  const args = ['doctor', '--endpoint', 'http://127.0.0.1:9', '--collector-metrics', 'none', ...flags];
  const { code, out } = await cli(args);
  expect(code).toBe(1);
  expect(out).toMatch(
    /kernel → Collector: nothing listens at .* \(ECONNREFUSED\)\n {2}Fix: start the Collector/,
  );
});

test.each([
  [404, 'is the base'],
  [401, 'OTEL_EXPORTER_OTLP_HEADERS'],
  [503, 'a queue is full'],
  [302, 'the address that answers itself'],
  [400, 'see the log of the Collector'],
])('an endpoint that answers %d', async (status, fix) => {
  stack.change({ '/v1/': () => ({ status }) });
  const findings = await doctor();
  expect(hops(findings)).toEqual(['kernel → Collector']);
  expect(findings[0]!.fix).toContain(fix);
});

describe('a port that speaks another language', () => {
  let server: Server;
  const speaks = (bytes: Buffer): Promise<string> => {
    server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(bytes)));
    return new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      ),
    );
  };
  afterEach(() => server.close());

  it('of gRPC', async () => {
    const [one] = await doctor(['--endpoint', await speaks(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))]);
    expect(one!.what).toContain('is a port of gRPC (4317)');
  });

  it('of TLS', async () => {
    const [one] = await doctor(['--endpoint', await speaks(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]))]);
    expect(one!.fix).toContain('write https://');
  });

  it('of HTTP, where gRPC or TLS is spoken', async () => {
    const [grpc] = await doctor(['--protocol', 'grpc']);
    expect(grpc!.what).toContain('is a port of HTTP (4318)');
    const url = await speaks(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const [tls] = await doctor(['--endpoint', url.replace('http:', 'https:')]);
    expect(tls!.what).toContain('speaks no TLS');
  });

  it('behind a proxy', async () => {
    const proxy = await speaks(Buffer.from('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
    const [one] = await doctor(['--endpoint', 'http://collector.test:4318'], { HTTP_PROXY: proxy });
    expect(one!.hop).toBe('kernel → proxy → Collector');
  });
});

test.each([
  ['OTEL_SDK_DISABLED', 'true'],
  ['OTEL_TRACES_EXPORTER', 'none'],
  ['OTEL_LOGS_EXPORTER', 'none'],
  ['OTEL_TRACES_SAMPLER', 'always_off'],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'brotli'],
])('a setting that keeps telemetry away: %s=%s', async (name, value) => {
  const findings = await doctor([], { [name]: value });
  expect(hops(findings)).toEqual(['kernel (settings)']);
  expect(findings[0]!.fix).toContain(name);
});

test.each([
  ['OTEL_TRACES_SAMPLER', 'foo'],
  ['OTEL_TRACES_SAMPLER', 'ALWAYS_OFF'],
  ['OTEL_TRACES_EXPORTER', 'jaeger'],
  ['OTEL_METRICS_EXPORTER', 'none'],
  ['OTEL_METRICS_EXPORTER', 'console'],
  ['OTEL_PROPAGATORS', 'b3'],
  ['OTEL_EXPORTER_PROMETHEUS_PORT', 'abc'],
  ['OTEL_SDK_DISABLED', 'yes'],
  ['OTEL_SPAN_EVENT_COUNT_LIMIT', 'many'],
  ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'many'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
])('what a kernel would say of a variable: %s=%s', async (name, value) => {
  const findings = await doctor([], { [name]: value });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({
    hop: 'kernel (settings)',
    what: expect.stringContaining(name) as string,
  });
});

describe('the file that OTEL_CONFIG_FILE names', () => {
  const read = (text: string, ...args: string[]): Promise<Finding[]> => {
    const path = join(folder(), 'otel.yaml');
    writeFileSync(path, text);
    return doctor(args, { OTEL_CONFIG_FILE: path });
  };
  const exporter = (url: string, signal: string): string =>
    `exporter: { otlp_http: { endpoint: "${url}/v1/${signal}", headers_list: "x-key=s3cret" } }`;
  const sending = (url: string): string => `
file_format: "1.0"
tracer_provider: { processors: [{ batch: { ${exporter(url, 'traces')} } }] }
meter_provider: { readers: [{ periodic: { ${exporter(url, 'metrics')} } }] }
logger_provider: { processors: [{ batch: { ${exporter(url, 'logs')} } }] }
`;

  it('says where is sent, in the place of variables', async () => {
    expect(await read(sending(stack.url))).toEqual([]);
    const findings = await read(sending('http://127.0.0.1:9'));
    expect(hops(findings)).toEqual(['kernel → Collector']);
    expect(findings[0]!.what).toContain('127.0.0.1:9');
    expect(findings[0]!.fix).toContain('OTEL_CONFIG_FILE');
    expect(JSON.stringify(findings)).not.toContain('s3cret');
  });

  it('is not there, or no kernel starts with it', async () => {
    const [missing] = await doctor([], { OTEL_CONFIG_FILE: join(folder(), 'none.yaml') });
    expect(missing).toMatchObject({
      hop: 'kernel (settings)',
      what: expect.stringContaining('ENOENT') as string,
    });
    const [broken] = await read('file_format: [');
    expect(broken!.what).toContain('accepted is YAML or JSON');
    const [unknown] = await read(`${sending(stack.url)}propagator: { composite: [{ b3: }] }\n`);
    expect(unknown!.what).toContain('OTEL_CONFIG_FILE propagator');
  });

  it('sends not all signals', async () => {
    const findings = await read('file_format: "1.0"');
    expect(findings.map(({ fix }) => fix)).toEqual([
      'correct OTEL_CONFIG_FILE tracer_provider',
      'correct OTEL_CONFIG_FILE meter_provider',
      'correct OTEL_CONFIG_FILE logger_provider',
    ]);
  });
});

test('a ratio of nothing is a sampler that is off', async () => {
  const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
  expect(hops(await doctor([], env))).toEqual(['kernel (settings)']);
});

describe('what the Collector took and a backend does not show', () => {
  const page = (text: string) => ({
    '/api/traces/': () => ({ status: 404 }),
    '/metrics': () => ({ body: text }),
  });

  it.each([
    ['otelcol_exporter_sent_spans_total{exporter="debug"} 3', '--config backends/jaeger.yaml'],
    ['otelcol_exporter_send_failed_spans_total{exporter="otlp/jaeger"} 3', 'see why it refuses'],
    ['otelcol_exporter_queue_size{exporter="otlp/jaeger"} 3', 'where backends/jaeger.yaml sends'],
    [
      'otelcol_exporter_sent_spans_total{exporter="otlp/jaeger"} 3',
      'is the Jaeger that backends/jaeger.yaml names',
    ],
    ['', 'see the log of the Collector'],
  ])('by its own metrics: %s', async (text, fix) => {
    stack.change(page(text));
    const findings = await doctor();
    expect(hops(findings)).toEqual(['Collector → Jaeger']);
    expect(`${findings[0]!.what} ${findings[0]!.fix}`).toContain(fix);
  });

  it('in Prometheus and VictoriaLogs alike', async () => {
    stack.change({
      '/api/v1/query': () => ({ body: { data: { result: [] } } }),
      '/select/logsql/query': () => ({}),
      '/metrics': () => ({
        body: 'otelcol_exporter_send_failed_metric_points_total{exporter="otlp_http/prometheus"} 1\notelcol_exporter_queue_size{exporter="otlp_http/victoria_logs"} 2\n',
      }),
    });
    const findings = await doctor();
    expect(hops(findings)).toEqual(['Collector → Prometheus', 'Collector → VictoriaLogs']);
    expect(findings[0]!.fix).toContain('--web.enable-otlp-receiver');
  });

  it('because that is not there', async () => {
    expect(hops(await doctor(['--jaeger', 'http://127.0.0.1:9']))).toEqual(['Jaeger']);
  });
});

test('series without the instance', async () => {
  stack.change({
    '/api/v1/query': () => ({ body: { data: { result: [{ metric: { service_name: 'x' } }] } } }),
  });
  const [one] = await doctor();
  expect(one!.what).toContain('have no service_instance_id');
});

test.each([
  ['/api/v1/rules', { data: { groups: [] } }, 'Prometheus (rules)', 'are not loaded'],
  [
    '/api/v1/rules',
    {
      data: {
        groups: [
          {
            rules: [
              { name: 'AgentOSHighViolationRate', health: 'ok' },
              { name: 'a', health: 'err', lastError: 'unknown function' },
            ],
          },
        ],
      },
    },
    'Prometheus (rules)',
    'a cannot be evaluated: unknown function',
  ],
  ['/api/v1/alertmanagers', { data: { activeAlertmanagers: [] } }, 'Prometheus → Alertmanager', 'go nowhere'],
])('%s', async (path, body, hop, what) => {
  stack.change({ [path]: () => ({ body }) });
  const [one, ...others] = await doctor();
  expect(others).toEqual([]);
  expect(one).toMatchObject({ hop, what: expect.stringContaining(what) });
});

test('programs that do not answer are each named once', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const findings = await doctor([
    '--prometheus',
    nowhere,
    '--alertmanager',
    nowhere,
    '--collector-metrics',
    nowhere,
    '--alert',
  ]);
  expect(hops(findings).sort()).toEqual(['Alertmanager', 'Collector', 'Prometheus']);
});

test('a clock that is wrong is said once, whoever it is compared with', async () => {
  const programs = [...PROGRAMS.slice(0, 2).flatMap((name) => [`--${name}`, stack.url]), '--jaeger', 'none'];
  const args = ['doctor', '--json', '--endpoint', stack.url, '--collector-metrics', stack.url, ...programs];
  const { out } = await cli(args, { now: () => Date.now() + 3_600_000, cwd: folder() });
  expect(hops((JSON.parse(out) as { findings: Finding[] }).findings)).toEqual(['clock']);
});

test('a clock that is wrong is the one cause', async () => {
  stack.change({ '/api/v1/query': () => ({ body: { data: { result: [] } } }) });
  const flags = PROGRAMS.filter((name) => name === 'prometheus').flatMap((name) => [`--${name}`, stack.url]);
  const none = ['--jaeger', 'none', '--alertmanager', 'none', '--collector-metrics', 'none'];
  for (const [millis, way] of [
    [3_600_000, '3600 s ahead of'],
    [-3_600_000, '3600 s behind'],
  ] as const) {
    const { out } = await cli(['doctor', '--endpoint', stack.url, ...flags, ...none], {
      now: () => Date.now() + millis,
    });
    expect(out.replace(/\b(3599|3601)\b/, '3600')).toContain(way);
    expect(out).not.toContain('Collector →');
  }
});

describe('an alert', () => {
  const counts = (failed: number) => ({
    '/metrics': () => ({ body: `alertmanager_notification_requests_failed_total ${failed}\n` }),
  });

  it('that a receiver refuses', async () => {
    let asked = 0;
    stack.change({ '/metrics': () => counts((asked += 1))['/metrics']() });
    const [one] = await doctor(['--alert', '--collector-metrics', 'none']);
    expect(one).toMatchObject({ hop: 'Alertmanager → receiver', what: 'the notification to platform fails' });
  });

  it('that is silenced', async () => {
    stack.change({
      '/api/v2/alerts': () => ({ body: [{ status: { state: 'suppressed' }, receivers: [] }] }),
    });
    expect(hops(await doctor(['--alert']))).toEqual(['Alertmanager (silences)']);
  });

  it('of which nobody is told', async () => {
    stack.change(counts(0));
    const [one] = await doctor(['--alert', '--collector-metrics', 'none']);
    expect(one!.what).toBe('nobody was told within the time');
  });

  it('that Alertmanager refuses', async () => {
    stack.change({ '/api/v2/alerts': () => ({ status: 400 }) });
    expect((await doctor(['--alert']))[0]!.what).toContain('HTTP 400');
  });
});

test('a dashboard that is no JSON is named', async () => {
  writeFileSync(join(folder(), 'a.json'), '\uFEFF{}');
  expect(await doctor(['--dashboards', folder()])).toEqual([]);
  writeFileSync(join(folder(), 'b.json'), '{');
  const { code, err } = await cli([
    'doctor',
    '--dashboards',
    folder(),
    '--timeout',
    '1',
    '--endpoint',
    stack.url,
  ]);
  expect(code).toBe(2);
  expect(err).toContain('b.json cannot be read as JSON');
});

test('dashboards that ask for what nobody makes', async () => {
  const ask = (expr: string) => ({ panels: [{ targets: [{ expr }] }] });
  const at = (name: string, content: object): void =>
    writeFileSync(join(folder(), name), JSON.stringify(content));
  at(
    'good.json',
    ask(
      'sum by (agent_os_kernel_id) (rate(agent_os_requests_total{a="agent_os_x"}[5m])) + agent_os:of_a_rule + agent_os:of_a$steps',
    ),
  );
  at('bad.json', ask('agent_os_nothing_of_the_kind_total + agent_os:nothing$steps'));
  const findings = await doctor(['--dashboards', folder()]);
  expect(hops(findings)).toEqual(['dashboards']);
  expect(findings[0]!.what).toBe(
    'bad.json asks for what nobody makes: agent_os_nothing_of_the_kind_total, agent_os:nothing$steps',
  );
});

describe('the installation', () => {
  const installed = (path: string, version: string): void => {
    mkdirSync(join(folder(), 'node_modules', path), { recursive: true });
    writeFileSync(join(folder(), 'node_modules', path, 'package.json'), JSON.stringify({ version }));
  };

  it('has one API, of the range', () => {
    installed('@opentelemetry/api', '1.9.1');
    expect(installation(folder())).toEqual([]);
  });

  it('has two', () => {
    installed('@opentelemetry/api', '1.9.1');
    installed('@other/sdk/node_modules/@opentelemetry/api', '1.8.0');
    expect(installation(folder())[0]!.what).toMatch(
      /^2 copies of @opentelemetry\/api: 1\.9\.1 in .*, 1\.8\.0 in /,
    );
  });

  it('has a peer out of range, and an old Node.js', () => {
    installed('express', '3.0.0');
    expect(installation(folder(), '18.0.0').map(({ what }) => what)).toEqual([
      'Node.js 18.0.0 is not >=20.19',
      'express 3.0.0 is not >=4.18 <6',
    ]);
  });

  it.each([
    ['4.18.0', '>=4.18 <6', true],
    ['6.0.0', '>=4.18 <6', false],
    ['4.17.9', '>=4.18 <6', false],
    ['20.19.0-rc.1', '>=20.19', true],
    ['1.0.0', 'workspace:*', true],
  ])('%s is in %s: %s', (version, range, is) => expect(fits(version, range)).toBe(is));
});

describe('the provider that a module of the host leaves behind', () => {
  const API = `module.exports = { trace: {
    getTracerProvider: () => globalThis.doctorProvider,
    getTracer: () => ({ startSpan: () => ({ isRecording: () => globalThis.doctorProvider?.records ?? false }) }) } };`;

  async function of(setup: string): Promise<Finding[]> {
    mkdirSync(join(folder(), 'node_modules/@opentelemetry/api'), { recursive: true });
    writeFileSync(
      join(folder(), 'node_modules/@opentelemetry/api/package.json'),
      '{"version":"1.9.1","main":"x.js"}',
    );
    writeFileSync(join(folder(), 'node_modules/@opentelemetry/api/x.js'), API);
    writeFileSync(join(folder(), 'setup.cjs'), setup);
    return await doctor(['--load', 'setup.cjs']);
  }

  it.each([
    [
      'class NativeTracerProvider { records = true }; globalThis.doctorProvider = new NativeTracerProvider();',
      [],
    ],
    [
      'class NoopTracerProvider {}; globalThis.doctorProvider = { getDelegate: () => new NoopTracerProvider() };',
      ['records nothing'],
    ],
    [
      'class Foreign { records = true }; globalThis.doctorProvider = new Foreign();',
      ["is another's (Foreign)"],
    ],
    ["throw new Error('not today');", ['throws: not today']],
  ])('%s', async (setup, says) => {
    const findings = await of(setup);
    expect(findings).toHaveLength(says.length);
    for (const [at, what] of says.entries()) expect(findings[at]!.what).toContain(what);
  });
});

test.each([
  [['--jaeger', 'jaeger'], '--jaeger must be an http or https URL or none'],
  [['--protocol', 'thrift'], '--protocol must be one of'],
  [['--timeout', '0'], '--timeout must be a number from 1'],
  [['--dashboards', '/nonsense'], 'cannot be read'],
])('refuses %j', async (args, says) => {
  await expect(doctor(args)).rejects.toThrow(says);
});

describe('an address', () => {
  const ADDRESSES = ['collector-metrics', ...PROGRAMS];

  it.each([
    'http://user:s3cret@127.0.0.1:9090',
    'http://s3cret@127.0.0.1:9090',
    'http://us?er:s3cret@127.0.0.1:9090',
    'http://127.0.0.1:9090/metrics?token=s3cret',
    'http://127.0.0.1:9090/metrics#s3cret',
    'htp://user:s3cret@127.0.0.1',
    'user:s3c/ret@127.0.0.1:9090',
    'http://user:s3cret@127.0.0.1:99999',
  ])('shows no secret, and is refused: %s', async (url) => {
    for (const [command, flag] of [
      ...ADDRESSES.map((flag) => ['doctor', flag]),
      ['drill', 'prometheus'],
    ] as const) {
      const words = command === 'drill' ? ['drill', 'kill'] : ['doctor'];
      for (const more of [[], ['--json']]) {
        const { code, out, err } = await cli([...words, `--${flag}`, url, ...more], { cwd: folder() });
        expect(code).toBe(2);
        expect(out + err).toContain(`--${flag} must be`);
        expect(out + err).not.toMatch(/s3c/);
      }
    }
  });

  it.each([['foo'], [''], ['127.0.0.1:4318'], ['user:s3cret@host']])(
    'of a kernel that is no URL is a wrong call: %j',
    async (url) => {
      for (const words of [['doctor'], ['drill', 'kill']]) {
        const { code, out, err } = await cli([...words, `--endpoint=${url}`], { cwd: folder() });
        expect({ code, out }).toEqual({ code: 2, out: '' });
        expect(err).toContain('--endpoint must be an http or https URL');
        expect(err).not.toContain('s3cret');
      }
    },
  );

  it.each(['http://admin:hunt#er2@host', 'http://admin:hunt?er2@host', 'http://hunt:er2@host#x', 'hunt@er2'])(
    'shows nothing of the password in %s',
    async (url) => {
      for (const flag of ['--endpoint', '--prometheus']) {
        const said = await doctor([flag, url]).catch((error: Error) => error.message);
        expect(JSON.stringify(said)).not.toMatch(/hunt|admin/);
      }
    },
  );

  it('of a kernel may have credentials, which are sent and not shown', async () => {
    const url = stack.url.replace('://', '://user:s3cret@');
    expect(await doctor(['--endpoint', url])).toEqual([]);
    stack.change({ '/v1/': () => ({ status: 401 }) });
    expect(JSON.stringify(await doctor(['--endpoint', url]))).not.toContain('s3cret');
  });
});
