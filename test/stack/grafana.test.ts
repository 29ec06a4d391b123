import { composeServices } from '../../tools/stack/compose-file.js';
import { ROOT, textFile, yamlFile } from './stack-files.js';

const datasources = 'grafana/provisioning/datasources/agent-os.yaml';
const provisioned = yamlFile(datasources).datasources;
const compose = yamlFile('docker-compose.yml');
const services = composeServices(compose, ROOT);
const mounts = services.find(({ name }) => name === 'grafana')!.mounts;
const source = (uid: string) => provisioned.find((one: { uid: string }) => one.uid === uid);

describe('the data sources', () => {
  it('have the uids that dashboards and links know', () => {
    const pairs = provisioned.map(({ uid, type }: { uid: string; type: string }) => [uid, type]);
    expect(pairs).toEqual([
      ['prometheus', 'prometheus'],
      ['jaeger', 'jaeger'],
      ['victoria-logs', 'victoriametrics-logs-datasource'],
      ['alertmanager', 'alertmanager'],
    ]);
  });

  it('are services of docker-compose.yml, on ports that these listen on', () => {
    const urls = provisioned.map(({ url }: { url: string }) => new URL(url));
    for (const { hostname, port } of urls) {
      const ports = services.find(({ name }) => name === hostname)?.ports ?? [];
      expect(ports.map(({ target }) => target)).toContain(port);
    }
  });

  it('lead from an exemplar to its trace', () => {
    expect(source('prometheus').jsonData.exemplarTraceIdDestinations).toEqual([
      expect.objectContaining({ name: 'trace_id', datasourceUid: 'jaeger' }),
    ]);
  });

  it('lead from a span to metrics of its service', () => {
    const { datasourceUid, tags, queries } = source('jaeger').jsonData.tracesToMetrics;
    expect(datasourceUid).toBe('prometheus');
    expect(tags).toEqual([{ key: 'service.name', value: 'service_name' }]);
    expect(queries.length).toBeGreaterThan(0);
    for (const { query } of queries) expect(query).toContain('{$$__tags');
  });

  it('have no dollar that Grafana would take for a variable', () => {
    expect(textFile(datasources).replace(/\$\$/g, '')).not.toContain('$');
  });

  it('show the alerts of Alertmanager beside those of Prometheus', () => {
    expect(source('prometheus').jsonData.alertmanagerUid).toBe('alertmanager');
    expect(source('alertmanager').jsonData.implementation).toBe('prometheus');
  });
});

describe('provisioning', () => {
  it('is mounted where Grafana looks for it', () => {
    expect(mounts).toContainEqual({
      source: 'grafana/provisioning',
      target: '/etc/grafana/provisioning',
      readOnly: true,
    });
  });

  it('reads dashboards from where they are mounted', () => {
    const [provider] = yamlFile('grafana/provisioning/dashboards/agent-os.yaml').providers;
    expect(mounts).toContainEqual({
      source: 'grafana/dashboards',
      target: provider.options.path,
      readOnly: true,
    });
    expect(provider.allowUiUpdates).toBe(false);
  });
});
