import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { manifests } from '../../tools/kubernetes/manifests.js';
import { objectName, prometheusRule, ruleFiles } from '../../tools/kubernetes/prometheus-operator.js';
import { schemaProblems } from '../../tools/kubernetes/schema.js';
import { merged } from '../collector/collector-files.js';
import { yamlFile } from '../stack/stack-files.js';
import { asMap, merge } from '../../tools/collector/merge.js';
import { agentConfiguration, gatewayConfiguration } from '../../tools/kubernetes/collector-files.js';
import { containerOf, one, podOf, TIERS } from './support.js';

const RULES = `
groups:
  - name: agent-os
    interval: 30s
    rules:
      - record: agent_os:requests:rate5m
        expr: sum(rate(agent_os_requests_total[5m]))
      - alert: Watchdog
        expr: vector(1)
        for: 1m
        keep_firing_for: 5m
        labels: { severity: info, team: platform }
        annotations: { summary: '{{ $labels.service_name }}' }
`;

const endpointOf = (name: string) => one('PodMonitor', name).spec.podMetricsEndpoints[0];
const relabelled = (name: string): Record<string, string> =>
  Object.fromEntries(
    endpointOf(name).relabelings.map(
      (rule: { targetLabel: string; replacement?: string; sourceLabels?: string[] }) => [
        rule.targetLabel,
        rule.replacement ?? rule.sourceLabels![0],
      ],
    ),
  );

describe('Collectors', () => {
  it('are scraped, both tiers, at the port of their metrics, as the job of prometheus.yml', () => {
    const { selector } = one('PodMonitor', 'collectors').spec;
    for (const tier of TIERS) {
      expect(podOf(tier).metadata.labels).toMatchObject(selector.matchLabels);
      expect(containerOf(tier).ports).toContainEqual({
        name: endpointOf('collectors').port,
        containerPort: 8888,
      });
    }
    const jobs = yamlFile('prometheus/prometheus.yml').scrape_configs.map(
      (job: { job_name: string }) => job.job_name,
    );
    expect(jobs).toContain(relabelled('collectors')['job']);
  });
});

describe('kernels', () => {
  it('are scraped wherever they are, as the job that the Collector has them under elsewhere', () => {
    const { namespaceSelector, selector } = one('PodMonitor', 'kernels').spec;
    expect(namespaceSelector).toEqual({ any: true });
    expect(selector.matchLabels).toEqual({ 'app.kubernetes.io/component': 'agent-os-kernel' });
    expect(endpointOf('kernels')).toMatchObject({ port: 'metrics', path: '/metrics' });
    const [job] = merged('base').receivers.prometheus.config.scrape_configs;
    expect(relabelled('kernels')['job']).toBe(job.job_name);
  });

  it('are scraped once: no Collector does', () => {
    for (const files of [agentConfiguration(), gatewayConfiguration([])]) {
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong path fails the test
      const { receivers }: any = asMap(merge(files).settings);
      expect(receivers.prometheus.config.scrape_configs).toEqual([{ job_name: 'agent-os-kernel' }]); // no targets
    }
  });

  it('have the labels that alerts are grouped by', () => {
    const promoted: string[] = yamlFile('prometheus/prometheus.yml').otlp.promote_resource_attributes;
    expect(Object.keys(relabelled('kernels')).sort()).toEqual(
      ['job', ...promoted.map((name) => name.replaceAll('.', '_'))].sort(),
    );
  });
});

describe('rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may be none', () => {
    expect(ruleFiles(folder)).toEqual([]);
    const paths = manifests([]).map(({ path }) => path);
    expect(paths.filter((path) => path.includes('rules-'))).toEqual([]);
  });

  it('become an object for each file, with its groups unchanged', () => {
    writeFileSync(join(folder, 'b.yaml'), RULES);
    writeFileSync(join(folder, 'a.yml'), RULES);
    writeFileSync(join(folder, '.gitkeep'), '');
    const found = ruleFiles(folder);
    expect(found.map(({ name }) => name)).toEqual(['a', 'b']);
    const rule = prometheusRule(found[0]!);
    expect(rule.metadata.name).toBe('agent-os-a');
    expect(rule['spec']).toEqual(yamlGroups());
    expect(schemaProblems(rule)).toEqual([]);
    const paths = manifests(found).map(({ path }) => path);
    expect(paths).toContain('deploy/kubernetes/prometheus-operator/rules-a.yaml');
    const [, kustomization] = manifests(found).filter(({ path }) => path.endsWith('kustomization.yaml'));
    expect(kustomization!.objects).toEqual([
      expect.objectContaining({ resources: expect.arrayContaining(['rules-b.yaml']) }),
    ]);
  });

  it('have a name that an object may have', () => {
    expect(objectName('Recording_rules')).toBe('agent-os-recording-rules');
  });

  it('with a field that Prometheus has and the operator has not are refused by the schema', () => {
    const rule = prometheusRule({ name: 'odd', text: RULES.replace('keep_firing_for', 'keep_firing') });
    expect(schemaProblems(rule).join()).toContain('additional properties: keep_firing');
  });

  it('are not taken from a file that holds something else', () => {
    expect(() => prometheusRule({ name: 'odd', text: 'group: []' })).toThrow('rules/odd has to have groups');
  });

  it('are those of prometheus/rules, each in its committed object', () => {
    for (const { name, text } of ruleFiles(join(__dirname, '../../prometheus/rules')))
      expect(one('PrometheusRule', objectName(name)).spec).toEqual(parse(text));
  });

  function yamlGroups(): unknown {
    return {
      groups: [
        {
          name: 'agent-os',
          interval: '30s',
          rules: [
            { record: 'agent_os:requests:rate5m', expr: 'sum(rate(agent_os_requests_total[5m]))' },
            {
              alert: 'Watchdog',
              expr: 'vector(1)',
              for: '1m',
              keep_firing_for: '5m',
              labels: { severity: 'info', team: 'platform' },
              annotations: { summary: '{{ $labels.service_name }}' },
            },
          ],
        },
      ],
    };
  }
});
