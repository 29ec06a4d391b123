import { parse } from 'yaml';
import { backendNames } from '../../tools/collector/combinations.js';
import { COLLECTOR_FOLDER } from '../../tools/kubernetes/collector-files.js';
import { schemaProblems } from '../../tools/kubernetes/schema.js';
import { ENVIRONMENT } from '../../src/options/environment.js';
import { OPTIONS } from '../../src/options/option-table.js';
import { documentAt, PACKAGE } from '../docs/documents.js';
import { brokenLinks } from '../docs/links.js';
import { fencedBlocks } from '../docs/snippets.js';
import { yamlFile } from '../stack/stack-files.js';
import { one } from './support.js';

const readme = documentAt('deploy/kubernetes/README.md');
const blocks = fencedBlocks(readme.text);
const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ code }) => parse(code));

describe('the README', () => {
  it('links to what is there', () => expect(brokenLinks(readme)).toEqual([]));

  it('names commands of this package that there are', () => {
    const named = [...readme.text.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) expect(Object.keys(PACKAGE.scripts)).toContain(script);
  });

  it('shows a kernel that Prometheus and its agent know, at the port it has by default', () => {
    const pod = yaml.find(({ kind }) => kind === 'Pod');
    expect(schemaProblems(pod)).toEqual([]);
    expect(pod.metadata.labels).toMatchObject(one('PodMonitor', 'kernels').spec.selector.matchLabels);
    const [kernel] = pod.spec.containers;
    expect(kernel.ports).toEqual([{ name: 'metrics', containerPort: OPTIONS['prometheus.port'].default }]);
    for (const { name } of kernel.env) expect(ENVIRONMENT.map((variable) => variable.name)).toContain(name);
    const endpoint = new URL(kernel.env.find(({ value }: { value: string }) => value.includes('://')).value);
    const service = one('Service', 'collector-agent');
    expect(endpoint.hostname).toBe(`${service.metadata.name}.${service.metadata.namespace}.svc`);
    expect(service.spec.ports).toContainEqual(
      expect.objectContaining({ name: 'otlp-http', port: Number(endpoint.port) }),
    );
  });

  it('asks of a Prometheus what prometheus.yml has', () => {
    const { otlp, storage } = yamlFile('prometheus/prometheus.yml');
    const asked = yaml.find(({ enableOTLPReceiver }) => enableOTLPReceiver);
    expect(asked.otlp).toEqual({
      translationStrategy: otlp.translation_strategy,
      promoteResourceAttributes: otlp.promote_resource_attributes,
    });
    expect(asked.tsdb.outOfOrderTimeWindow).toBe(storage.tsdb.out_of_order_time_window);
  });

  it('swaps in a backend that there is', () => {
    const swap = yaml.find(({ TRACES_BACKEND }) => TRACES_BACKEND);
    for (const slot of ['TRACES_BACKEND', 'METRICS_BACKEND', 'LOGS_BACKEND'])
      expect(backendNames(COLLECTOR_FOLDER)).toContain(swap[slot].replace('.yaml', ''));
  });
});
