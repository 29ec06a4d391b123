import { backendNames } from '../../tools/collector/combinations.js';
import { noteOf, isSecret, variableUses } from '../../tools/collector/environment.js';
import { backendObjects, backendSettings, chosenBackends } from '../../tools/kubernetes/backend.js';
import {
  agentConfiguration,
  COLLECTOR_FOLDER,
  gatewayConfiguration,
} from '../../tools/kubernetes/collector-files.js';
import {
  configurationProblems,
  settingProblems,
  podEnvironment,
} from '../../tools/kubernetes/configuration-problems.js';
import { containerOf, podOf, TIERS } from './support.js';

const filesOf = {
  'collector-agent': agentConfiguration(),
  'collector-gateway': gatewayConfiguration(chosenBackends()),
};

describe.each(TIERS)('%s', (tier) => {
  const container = containerOf(tier);
  const env = podEnvironment(container);

  it('has every variable that its files have no default for', () => {
    const uses = variableUses(filesOf[tier].flatMap(({ settings }) => settings));
    const needed = uses.filter((use) => use.default === undefined).map(({ name }) => name);
    expect(needed.filter((name) => env[name] === undefined)).toEqual([]);
  });

  it('sets no variable twice, and none that nobody reads', () => {
    const names: string[] = container.env.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(names.length);
    const all = [...filesOf[tier], ...gatewayConfiguration(backendNames(COLLECTOR_FOLDER))];
    const read = variableUses(all.flatMap(({ settings }) => settings)).map(({ name }) => name);
    expect(names.filter((name) => name !== 'GOMEMLIMIT' && !read.includes(name))).toEqual([]);
  });

  it('listens beyond loopback and keeps its queue on the volume', () => {
    expect(env['COLLECTOR_BIND']).toBe('0.0.0.0');
    const storage = container.volumeMounts.find(({ name }: { name: string }) => name === 'storage').mountPath;
    expect(env['COLLECTOR_STORAGE']!.startsWith(`${storage}/`)).toBe(true);
  });

  it('lets Go use 80 % of the memory, and refuses data before that', () => {
    const limit = Number(/^(\d+)Mi$/.exec(container.resources.limits.memory)![1]);
    expect(env['GOMEMLIMIT']).toBe(`${Math.floor(limit * 0.8)}MiB`);
    expect(Number(env['COLLECTOR_MEMORY_MIB'])).toBeLessThan(limit * 0.8);
  });

  it('gets no variables from Services, one of which could be GATEWAY_PORT', () => {
    expect(podOf(tier).spec.enableServiceLinks).toBe(false);
  });
});

describe('a gateway', () => {
  const { env } = containerOf('collector-gateway');

  it('takes the secrets of every backend from one Secret, which may lack them', () => {
    const files = gatewayConfiguration(backendNames(COLLECTOR_FOLDER));
    const secrets = variableUses(files.flatMap(({ settings }) => settings))
      .map(({ name }) => name)
      .filter((name) => isSecret(name, noteOf(name, files)));
    const referenced = env.filter(({ valueFrom }: { valueFrom?: unknown }) => valueFrom !== undefined);
    expect(referenced).toEqual(
      [...new Set(secrets)].sort().map((name) => ({
        name,
        valueFrom: { secretKeyRef: { name: 'collector-backend', key: name, optional: true } },
      })),
    );
    expect(secrets).toEqual(expect.arrayContaining(['DD_API_KEY', 'OTLP_HEADERS', 'REMOTE_WRITE_HEADERS']));
  });
});

describe('the configurations', () => {
  it('hold before the checker, and so does backend.yaml', () => {
    expect(configurationProblems(containerOf('collector-agent'), containerOf('collector-gateway'))).toEqual(
      [],
    );
  });

  it('lack a variable where a pod does not set it', () => {
    const agent = containerOf('collector-agent');
    const env = agent.env.filter(({ name }: { name: string }) => name !== 'GATEWAY_HOST');
    expect(configurationProblems({ ...agent, env }, containerOf('collector-gateway'))).toEqual([
      expect.stringContaining('GATEWAY_HOST is not set'),
    ]);
  });

  it('name what nobody reads, and ports that nobody lets through', () => {
    const settings = {
      ...backendSettings(),
      JAGER_ENDPOINT: 'jaeger:4317',
      JAEGER_ENDPOINT: 'jaeger:14317',
      PROMETHEUS_URL: 'https://prometheus.example/prefix',
    };
    const files = gatewayConfiguration(['backends/jaeger', 'backends/prometheus', 'backends/victoria-logs']);
    expect(settingProblems(files, settings, backendObjects())).toEqual([
      expect.stringContaining('JAEGER_ENDPOINT has port 14317'),
      expect.stringContaining('PROMETHEUS_URL has port 443'),
      expect.stringContaining('no file of the chosen ones reads JAGER_ENDPOINT'),
    ]);
  });
});
