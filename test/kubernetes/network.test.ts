import {
  agentConfiguration,
  gatewayConfiguration,
  withDefaults,
} from '../../tools/kubernetes/collector-files.js';
import { merged } from '../collector/collector-files.js';
import { podEnvironment } from '../../tools/kubernetes/configuration-problems.js';
import { asMap, merge } from '../../tools/collector/merge.js';
import { containerOf, objects, one, podOf, TIERS, workload, type Tier } from './support.js';

const configurations = {
  'collector-agent': agentConfiguration(),
  'collector-gateway': gatewayConfiguration([]),
};

/** Port by name, as the merged configuration has them with its defaults. */
function listening(tier: Tier): Record<string, number> {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong path fails the test
  const { receivers, extensions, service }: any = asMap(merge(configurations[tier]).settings);
  const { grpc, http } = receivers.otlp.protocols;
  const port = (endpoint: string) => Number(withDefaults(endpoint).split(':').at(-1));
  return {
    'otlp-grpc': port(grpc.endpoint),
    'otlp-http': port(http.endpoint),
    health: port(extensions.health_check.endpoint),
    metrics: port(service.telemetry.metrics.readers[0].pull.exporter.prometheus.port),
  };
}

describe.each(TIERS)('%s', (tier) => {
  const container = containerOf(tier);

  it('names the ports that its configuration listens on', () => {
    const declared = container.ports.map((port: { name: string; containerPort: number }) => [
      port.name,
      port.containerPort,
    ]);
    expect(Object.fromEntries(declared)).toEqual(listening(tier));
    expect(listening(tier)).toEqual({ 'otlp-grpc': 4317, 'otlp-http': 4318, health: 13133, metrics: 8888 });
  });

  it('is asked for its health on the port of the health check', () => {
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(container[probe].httpGet).toEqual({ path: '/', port: 'health' });
  });

  it('has a Service that leads to ports of its pods, under the number they have', () => {
    const { selector, ports } = one('Service', tier).spec;
    expect(podOf(tier).metadata.labels).toMatchObject(selector);
    for (const { port, targetPort } of ports) expect(listening(tier)[targetPort]).toBe(port);
  });

  it('selects the pods that it makes', () => {
    expect(podOf(tier).metadata.labels).toMatchObject(workload(tier).spec.selector.matchLabels);
  });

  it('lets what it received be delivered before it is killed', () => {
    const drain = container.lifecycle.preStop.sleep.seconds;
    expect(podOf(tier).spec.terminationGracePeriodSeconds).toBeGreaterThan(drain + 10);
  });
});

describe('agents', () => {
  it('take from kernels of their own node', () => {
    expect(one('Service', 'collector-agent').spec.internalTrafficPolicy).toBe('Local');
  });

  it('are never absent on a node while they are replaced', () => {
    expect(workload('collector-agent').spec.updateStrategy.rollingUpdate).toEqual({
      maxSurge: 1,
      maxUnavailable: 0,
    });
  });

  it('find every gateway by the name of its headless Service, at the port it listens on', () => {
    const env = podEnvironment(containerOf('collector-agent'));
    const { dns } = merged('gateway/agent').exporters.load_balancing.resolver;
    const service = one('Service', withDefaults(dns.hostname, env));
    expect(service.spec.clusterIP).toBe('None');
    expect(service.metadata.name).toBe(workload('collector-gateway').spec.serviceName);
    expect(Number(withDefaults(dns.port, env))).toBe(listening('collector-gateway')['otlp-grpc']);
    expect(env['GATEWAY_INSECURE']).toBe('true'); // for the receivers have no TLS
  });
});

describe('gateways', () => {
  const { spec } = workload('collector-gateway');

  it('keep their queue on a volume that outlives pod and StatefulSet', () => {
    expect(spec.volumeClaimTemplates[0].metadata.name).toBe('storage');
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
  });

  it('lose one at a time to maintenance, and are spread', () => {
    const budget = one('PodDisruptionBudget', 'collector-gateway').spec;
    expect(budget.maxUnavailable).toBe(1);
    expect(spec.replicas).toBeGreaterThan(1);
    for (const { labelSelector } of [budget, ...podOf('collector-gateway').spec.topologySpreadConstraints])
      expect(podOf('collector-gateway').metadata.labels).toMatchObject(
        (labelSelector ?? budget.selector).matchLabels,
      );
  });
});

describe('network policies', () => {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');

  it('refuse what no other of them allows', () => {
    expect(one('NetworkPolicy', 'nobody-else').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('select pods that there are', () => {
    for (const { spec } of policies) {
      const labels = spec.podSelector.matchLabels ?? {};
      expect(TIERS.map((tier) => podOf(tier).metadata.labels)).toContainEqual(
        expect.objectContaining(labels),
      );
    }
  });

  it('let kernels to agents, agents to gateways, and Prometheus to both', () => {
    const ingress = (tier: Tier) =>
      one('NetworkPolicy', tier).spec.ingress.map(
        ({ from, ports }: { from: unknown[]; ports: { port: number }[] }) => [
          from,
          ports.map(({ port }) => port),
        ],
      );
    const monitoring = [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
    ];
    const kernels = { matchLabels: { 'app.kubernetes.io/component': 'agent-os-kernel' } };
    const agents = { matchLabels: { 'app.kubernetes.io/name': 'collector-agent' } };
    const gateways = { matchLabels: { 'app.kubernetes.io/name': 'collector-gateway' } };
    expect(ingress('collector-agent')).toEqual([
      [[{ namespaceSelector: {}, podSelector: kernels }], [4317, 4318]],
      [monitoring, [8888]],
    ]);
    expect(ingress('collector-gateway')).toEqual([
      [[{ podSelector: agents }], [4317]],
      [monitoring, [8888]],
    ]);
    expect(one('NetworkPolicy', 'collector-agent').spec.egress).toEqual([
      { to: [{ podSelector: gateways }], ports: [{ protocol: 'TCP', port: 4317 }] },
    ]);
  });
});
