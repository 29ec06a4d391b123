import { composeServices } from '../../tools/stack/compose-file.js';
import { composeProblems, defaultSecrets } from '../../tools/stack/compose-rules.js';
import { isThere, ROOT, textFile, yamlFile } from './stack-files.js';

const file = yamlFile('docker-compose.yml');
const services = composeServices(file, ROOT);
const service = (name: string) => services.find((one) => one.name === name)!;

describe('docker-compose.yml', () => {
  it('keeps to loopback, exact releases, limits, and no more privileges than needed', () => {
    expect(composeProblems(services, isThere)).toEqual([]);
  });

  it('has no secret of its own, and names the way to get the one it needs', () => {
    expect(defaultSecrets(services)).toEqual([]);
    expect(service('grafana').environment['GF_SECURITY_ADMIN_PASSWORD']).toMatch(
      /^\$\{GRAFANA_ADMIN_PASSWORD:\?.*npm run stack:init.*\}$/,
    );
  });

  it('publishes the ports that are documented, each as itself', () => {
    const ports = services.flatMap((one) => one.ports.map(({ published, target }) => [published, target]));
    expect(ports.every(([published, target]) => published === target)).toBe(true);
    expect(ports.map(([published]) => Number(published)).sort((a, b) => a - b)).toEqual([
      3000, 4317, 4318, 9090, 9093, 9428, 13133, 16686,
    ]);
  });

  it('checks the health of every service that stays, but of the one whose image has no shell', () => {
    const unchecked = Object.entries<{ healthcheck?: unknown; restart?: string }>(file.services)
      .filter(([, { healthcheck, restart }]) => healthcheck === undefined && restart !== 'no')
      .map(([name]) => name);
    expect(unchecked).toEqual(['otel-collector']);
  });

  it('gives their volumes to the uid that the Collector and VictoriaLogs run as', () => {
    const owner = file.services['queue-owner'];
    expect(owner.command).toEqual(['chown', '10001:10001', '/queue', '/logs']);
    expect(owner.volumes).toEqual(['collector-queue:/queue', 'victoria-logs-data:/logs']);
    expect(file.services['victoria-logs'].user).toBe('10001:10001');
    for (const name of ['otel-collector', 'victoria-logs'])
      expect(file.services[name].depends_on['queue-owner']).toEqual({
        condition: 'service_completed_successfully',
      });
  });

  it('declares every volume it uses, and uses every one it declares', () => {
    const used = Object.values<{ volumes?: string[] }>(file.services)
      .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]!))
      .filter((source) => !source.startsWith('.'));
    expect([...new Set(used)].sort()).toEqual(Object.keys(file.volumes).sort());
  });
});

describe('the Collector of docker-compose.yml', () => {
  const command = service('otel-collector') && (file.services['otel-collector'].command as string);

  it('sends traces to Jaeger, metrics to Prometheus and events to VictoriaLogs, unless told otherwise', () => {
    expect(command).toContain(
      '${COLLECTOR_BACKENDS:---config=backends/jaeger.yaml --config=backends/prometheus.yaml --config=backends/victoria-logs.yaml}',
    );
    const configs = [...command.matchAll(/--config=([\w/.-]+)/g)].map(([, path]) => `otel-collector/${path}`);
    expect(configs.filter((path) => !isThere(path))).toEqual([]);
    expect(configs).toHaveLength(4);
  });

  it('says in .env.example what it does without', () => {
    const fallback = /\$\{COLLECTOR_BACKENDS:-([^}]+)\}/.exec(command)![1];
    expect(textFile('.env.example')).toContain(`#COLLECTOR_BACKENDS=${fallback}\n`);
  });

  it.each([
    'base',
    'enrich/cloud',
    'backends/jaeger',
    'backends/prometheus',
    'backends/tempo',
    'backends/otlp-http',
    'backends/victoria-logs',
    'backends/ocsf',
    'backends/kafka',
  ])('is handed every variable that %s.yaml reads, but for the ports', (name) => {
    const read = [...textFile(`otel-collector/${name}.yaml`).matchAll(/\$\{env:(\w+)/g)].map(([, v]) => v!);
    const handed = Object.keys(service('otel-collector').environment);
    const inside = /^COLLECTOR_(GRPC|HTTP|HEALTH|METRICS)_PORT$/;
    expect(read.filter((variable) => !handed.includes(variable) && !inside.test(variable))).toEqual([]);
  });
});

describe('the rules', () => {
  const good = {
    image: 'x/y:v1.2.3',
    mem_limit: '1g',
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    read_only: true,
  };
  const problemsOf = (change: object, exists = (_path: string) => true) =>
    composeProblems(composeServices({ services: { it: { ...good, ...change } } }, '/root'), exists);

  it('have nothing against a good service', () => {
    expect(problemsOf({ ports: ['127.0.0.1:1:1'], volumes: ['./a:/a:ro', 'data:/data'] })).toEqual([]);
  });

  it.each([
    [{ ports: ['9090:9090'] }, 'port 9090 is published on every address'],
    [{ ports: ['0.0.0.0:9090:9090'] }, 'published on 0.0.0.0'],
    [{ ports: [{ host_ip: '', published: '1', target: 1 }] }, 'published on every address'],
    [{ image: 'x/y' }, 'x/y is not an exact release'],
    [{ image: 'x/y:latest' }, 'not an exact release'],
    [{ image: 'x/y:v1' }, 'not an exact release'],
    [{ image: 'x/y:1.2' }, 'not an exact release'],
    [{ image: undefined }, 'neither image nor build'],
    [{ mem_limit: undefined }, 'no mem_limit'],
    [{ cap_drop: [] }, 'keeps capabilities'],
    [{ security_opt: [] }, 'may gain privileges'],
    [{ read_only: false }, 'may write into its image'],
    [{ privileged: true }, 'is privileged'],
    [{ volumes: ['./a:/a'] }, 'a is mounted writable'],
    [{ volumes: ['/var/run/docker.sock:/s:ro'] }, 'the whole machine'],
  ])('see %j', (change, problem) => {
    expect(problemsOf(change).join('\n')).toContain(problem);
  });

  it('see a path that is not there, in either form', () => {
    const bind = { type: 'bind', source: '/root/b', target: '/b', read_only: true };
    expect(problemsOf({ volumes: ['./a:/a:ro', bind] }, () => false)).toEqual([
      'it: a does not exist',
      'it: b does not exist',
    ]);
  });

  it.each(['admin', '${PASSWORD:-admin}', '${PASSWORD}', ''])('see the secret %j', (value) => {
    const found = composeServices({ services: { it: { environment: { GF_PASSWORD: value } } } }, '/root');
    expect(defaultSecrets(found)).toHaveLength(1);
  });
});
