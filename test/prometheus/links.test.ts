import { ADDRESS_LABELS } from '../../prometheus/src/links.js';
import { textFile, yamlFile } from '../stack/stack-files.js';
import { rules } from './support.js';

const LABELS = Object.values(ADDRESS_LABELS);
const { global, alerting } = yamlFile('prometheus/prometheus.yml');
const external = global.external_labels as Record<string, string>;

describe('where links lead', () => {
  it('is what external labels say, each from a variable', () => {
    expect(Object.keys(external).sort()).toEqual([...LABELS].sort());
    for (const value of Object.values(external)) expect(value).toMatch(/^\$\{\w+\}$/);
  });

  it('is asked in every link of every alert, and nowhere else', () => {
    const asked = new Set<string>();
    for (const { annotations = {} } of rules)
      for (const [name, text] of Object.entries(annotations)) {
        const labels = [...text.matchAll(/\$externalLabels\.(\w+)/g)].map(([, label]) => label!);
        expect(labels.length > 0).toBe(name.endsWith('_url'));
        for (const label of labels) asked.add(label);
      }
    expect([...asked].sort()).toEqual([...LABELS].sort());
  });

  it('is no label of the alerts that Alertmanager gets', () => {
    const [drop] = alerting.alert_relabel_configs;
    expect(drop.action).toBe('labeldrop');
    for (const label of LABELS) expect(label).toMatch(new RegExp(`^(?:${drop.regex})$`));
    for (const kept of ['service_name', 'agent_id', 'agent_os_kernel_id', 'runbooks_url'])
      expect(kept).not.toMatch(new RegExp(`^(?:${drop.regex})$`));
  });

  it('is set by Docker Compose, from variables that .env.example has', () => {
    const { prometheus, alertmanager, grafana } = yamlFile('docker-compose.yml').services;
    const variables = Object.values(external).map((value) => value.slice(2, -1));
    expect(Object.keys(prometheus.environment).sort()).toEqual(variables.sort());
    // Empty where nobody sets it: what rules were written with holds then.
    for (const name of variables) expect(prometheus.environment[name]).toBe(`\${${name}:-}`);
    const written = JSON.stringify([prometheus, alertmanager, grafana]);
    const taken = [...written.matchAll(/\$\{((?:PUBLIC|GRAFANA_ORG)\w*):-/g)].map(([, name]) => name!);
    expect(new Set(taken).size).toBe(variables.length + 2);
    for (const name of taken) expect(textFile('.env.example')).toContain(`\n#${name}=`);
  });
});
