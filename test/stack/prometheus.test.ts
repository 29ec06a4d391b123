import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '../../tools/stack/compose-file.js';
import { prometheus, type StackSettings } from '../../tools/stack/native/programs.js';
import { ROOT, textFile, yamlFile } from './stack-files.js';

const config = yamlFile('prometheus/prometheus.yml');
const compose = yamlFile('docker-compose.yml');
const command: string[] = compose.services.prometheus.command;
const featuresOf = (args: readonly string[]): string[] =>
  args.flatMap((arg) => /^--enable-feature=(.*)/.exec(arg)?.[1]!.split(',') ?? []);
const features = featuresOf(command);
const services = composeServices(compose, ROOT);

const targetFiles = (folder: string) => readdirSync(join(ROOT, 'prometheus', folder)).sort();
const addresses = (folder: string, file: string): URL[] =>
  yamlFile(`prometheus/${folder}/${file}`).flatMap(({ targets }: { targets: string[] }) =>
    targets.map((target) => new URL(`http://${target}`)),
  );

describe('prometheus.yml', () => {
  it('takes what the Collector sends, late too, with names as they are', () => {
    expect(command).toContain('--web.enable-otlp-receiver');
    expect(config.storage.tsdb.out_of_order_time_window).toBe('30m');
    expect(config.otlp.translation_strategy).toBe('UnderscoreEscapingWithoutSuffixes');
  });

  it('makes labels of who a service is', () => {
    expect(config.otlp.promote_resource_attributes).toEqual([
      'service.name',
      'service.version',
      'service.instance.id',
      'agent_os.kernel.id',
      'deployment.environment.name',
    ]);
  });

  it('keeps exemplars, for which a flag is needed too', () => {
    expect(config.storage.exemplars.max_exemplars).toBeGreaterThan(0);
    expect(features).toContain('exemplar-storage');
  });

  it('stores when series began, by which rules count what they begin with', () => {
    expect(features).toContain('created-timestamp-zero-ingestion');
    const started = prometheus({ binaries: {}, ports: {}, data: '' } as unknown as StackSettings).args;
    expect(featuresOf(started)).toEqual(features);
  });

  it('keeps data longer than the longest look back of a dashboard, 30 days', () => {
    expect(config.storage.tsdb.retention.time).toBe('40d');
  });

  it('scrapes the stack, and leaves the kernel to the Collector', () => {
    const jobs = config.scrape_configs.map((job: { job_name: string }) => job.job_name);
    expect(jobs).toEqual(['prometheus', 'otel-collector', 'alertmanager', 'jaeger']);
    expect(textFile('prometheus/prometheus.yml')).not.toContain('9464');
  });

  it('reads the rules in its folder, and tells Alertmanager', () => {
    expect(config.rule_files).toEqual(['rules/*.yml', 'rules/*.yaml']);
    expect(config.alerting.alertmanagers).toEqual([
      { file_sd_configs: [{ files: ['targets/alertmanager.yml'] }] },
    ]);
  });
});

describe('the targets', () => {
  const named: string[] = JSON.stringify(config).match(/targets\/[\w.-]+\.yml/g)!;

  it('are the files that prometheus.yml names, once on loopback and once for compose', () => {
    const expected = [...new Set(named.map((path) => path.replace('targets/', '')))].sort();
    expect(targetFiles('targets')).toEqual(expected);
    expect(targetFiles('targets-compose')).toEqual(expected);
  });

  it.each(targetFiles('targets'))('of %s differ by host alone', (file) => {
    const [native, composed] = [addresses('targets', file), addresses('targets-compose', file)];
    expect(native.map(({ port }) => port)).toEqual(composed.map(({ port }) => port));
    expect(native.every(({ hostname }) => hostname === '127.0.0.1')).toBe(true);
    expect(composed.map(({ hostname }) => hostname)).toEqual([file.replace('.yml', '')]);
    expect(services.map(({ name }) => name)).toContain(composed[0]!.hostname);
  });

  it('of compose are mounted over those on loopback', () => {
    expect(services.find(({ name }) => name === 'prometheus')!.mounts).toContainEqual({
      source: 'prometheus/targets-compose',
      target: '/etc/prometheus/targets',
      readOnly: true,
    });
  });

  it('are what Jaeger and the Collector listen on', () => {
    expect(textFile('jaeger/config.yaml')).toContain('${env:JAEGER_METRICS_PORT:-18888}');
    expect(addresses('targets', 'jaeger.yml').map((url) => url.port)).toEqual(['18888']);
    expect(textFile('otel-collector/base.yaml')).toContain('${env:COLLECTOR_METRICS_PORT:-8888}');
    expect(addresses('targets', 'otel-collector.yml').map((url) => url.port)).toEqual(['8888']);
  });
});

describe('jaeger/config.yaml', () => {
  const text = textFile('jaeger/config.yaml');

  it('listens where the Collector sends, and nowhere that the Collector listens', () => {
    const ports = [...text.matchAll(/_PORT:-(\d+)\}/g)].map(([, port]) => port!);
    expect(textFile('otel-collector/backends/jaeger.yaml')).toContain('127.0.0.1:14317');
    expect(ports).toEqual(expect.arrayContaining(['14317', '14318', '16686', '18888']));
    expect(ports.filter((port) => ['4317', '4318', '8888', '13133'].includes(port))).toEqual([]);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('answers the health check of docker-compose.yml', () => {
    const [url] = compose.services.jaeger.healthcheck.test.slice(-1);
    expect(text).toContain(`\${env:JAEGER_HEALTH_PORT:-${new URL(url).port}}\n`);
  });
});
