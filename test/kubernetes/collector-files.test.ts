import { podConfigs } from '../../tools/kubernetes/configuration-problems.js';
import { containerOf, one, podOf, textFile, TIERS, type Tier } from './support.js';

const OVERLAY = 'agent-without-scrape.yaml';

const volumeOf = (tier: Tier) =>
  podOf(tier).spec.volumes.find(({ name }: { name: string }) => name === 'files').configMap;
const items = (tier: Tier): { key: string; path: string }[] => volumeOf(tier).items;

describe.each(TIERS)('the files of %s', (tier) => {
  it('are those of otel-collector, to the letter', () => {
    const { data } = one('ConfigMap', volumeOf(tier).name);
    expect(Object.keys(data).sort()).toEqual(
      items(tier)
        .map(({ key }) => key)
        .sort(),
    );
    for (const { key, path } of items(tier)) {
      const source = path === OVERLAY ? `deploy/kubernetes/collector/${OVERLAY}` : `otel-collector/${path}`;
      expect({ key, text: data[key] }).toEqual({ key, text: textFile(source) });
    }
  });

  it('are mounted, read-only, where it works, and its arguments name some of them', () => {
    const container = containerOf(tier);
    expect(container.volumeMounts).toContainEqual({
      name: 'files',
      mountPath: container.workingDir,
      readOnly: true,
    });
    const paths = items(tier).map(({ path }) => path);
    for (const config of podConfigs(container)) expect(paths).toContain(config);
  });

  it('have the pods replaced when they change', () => {
    expect(podOf(tier).metadata.annotations['agent-os/collector-files']).toMatch(/^[0-9a-f]{16}$/);
  });
});

it('an agent is complete by itself; a gateway is the base, what a gateway changes, and three backends', () => {
  expect(podConfigs(containerOf('collector-agent'))).toEqual(['gateway/agent.yaml', OVERLAY]);
  expect(podConfigs(containerOf('collector-gateway'))).toEqual([
    'base.yaml',
    'gateway/gateway.yaml',
    'backends/jaeger.yaml',
    'backends/prometheus.yaml',
    'backends/victoria-logs.yaml',
  ]);
});
