// Who may reach whom. Where a gateway's backends are is in backend.yaml, with the rule that lets it reach them.
import { AGENT } from './agent.js';
import { agentConfiguration, gatewayConfiguration, collectorPorts } from './collector-files.js';
import { GATEWAY } from './gateway.js';
import { KERNEL, metadataOf, NAMESPACE, PART_OF, selectorOf, type KubernetesObject } from './object.js';

/** Where Prometheus runs. */
const MONITORING = { 'kubernetes.io/metadata.name': 'monitoring' };

const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));

export function networkPolicies(): KubernetesObject[] {
  const agent = collectorPorts(agentConfiguration());
  const gateway = collectorPorts(gatewayConfiguration([]));
  const scrape = (port: number) => ({
    from: [{ namespaceSelector: { matchLabels: MONITORING } }],
    ports: tcp(port),
  });
  return [
    policy('nobody-else', {}, { policyTypes: ['Ingress', 'Egress'] }),
    policy('dns', PART_OF, {
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    policy(AGENT, selectorOf(AGENT), {
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ namespaceSelector: {}, podSelector: { matchLabels: KERNEL } }],
          ports: tcp(agent.grpc, agent.http),
        },
        scrape(agent.metrics),
      ],
      egress: [{ to: [{ podSelector: { matchLabels: selectorOf(GATEWAY) } }], ports: tcp(gateway.grpc) }],
    }),
    policy(GATEWAY, selectorOf(GATEWAY), {
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: selectorOf(AGENT) } }], ports: tcp(gateway.grpc) },
        scrape(gateway.metrics),
      ],
    }),
  ];
}

function policy(name: string, matchLabels: object, spec: object): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata:
      name === AGENT || name === GATEWAY ? metadataOf(name) : { name, namespace: NAMESPACE, labels: PART_OF },
    spec: { podSelector: Object.keys(matchLabels).length === 0 ? {} : { matchLabels }, ...spec },
  };
}
