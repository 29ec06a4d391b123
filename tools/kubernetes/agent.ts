// A Collector on each node: takes from the kernels there, cleans, and hands each trace to one gateway.
import { agentConfiguration, agentFiles, configMap, collectorPorts, mounted } from './collector-files.js';
import { GATEWAY } from './gateway.js';
import { metadataOf, selectorOf, type KubernetesObject } from './object.js';
import { podTemplate } from './pod.js';

export const AGENT = 'collector-agent';

export function agentObjects(): KubernetesObject[] {
  const files = agentFiles();
  const ports = collectorPorts(agentConfiguration());
  return [
    configMap(`${AGENT}-files`, AGENT, files),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: metadataOf(AGENT),
      spec: {
        selector: { matchLabels: selectorOf(AGENT) },
        // The new one is there before the old one goes: kernels have this agent alone.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: podTemplate({
          tier: AGENT,
          files,
          configs: mounted(agentConfiguration()).map(({ path }) => path),
          ports,
          sizes: {
            memoryMiB: 512,
            cpu: { request: '100m', limit: '1' },
            ephemeralStorage: { request: '1Gi', limit: '2Gi' },
          },
          drainSeconds: 5,
          terminationSeconds: 30,
          env: [
            { name: 'GATEWAY_HOST', value: GATEWAY },
            { name: 'GATEWAY_INSECURE', value: 'true' },
          ],
          envFrom: [],
          // The level restricted permits no folder of the node. This one outlives a crash, not the pod.
          volumes: [{ name: 'storage', emptyDir: { sizeLimit: '1Gi' } }],
        }),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(AGENT),
      spec: {
        selector: selectorOf(AGENT),
        internalTrafficPolicy: 'Local', // to the agent of the same node
        ports: [
          { name: 'otlp-grpc', port: ports.grpc, targetPort: 'otlp-grpc', appProtocol: 'grpc' },
          { name: 'otlp-http', port: ports.http, targetPort: 'otlp-http', appProtocol: 'http' },
        ],
      },
    },
  ];
}
