// The Collectors that measure and sample: each has whole traces, for the agents choose it by trace id.
import { isSecret, noteOf, variableUses } from '../collector/environment.js';
import { BACKEND, BACKEND_SLOTS } from './backend.js';
import {
  configMap,
  gatewayConfiguration,
  gatewayFiles,
  GATEWAY_NAMES,
  COLLECTOR_FOLDER,
  collectorPorts,
} from './collector-files.js';
import { backendNames } from '../collector/combinations.js';
import { metadataOf, PART_OF, selectorOf, type KubernetesObject } from './object.js';
import { FILE_DIRECTORY, podTemplate, type EnvVar } from './pod.js';

export const GATEWAY = 'collector-gateway';

const REPLICAS = 2;
const QUEUE_SIZE = '10Gi';

export function gatewayObjects(): KubernetesObject[] {
  const files = gatewayFiles();
  const ports = collectorPorts(gatewayConfiguration([]));
  const selector = { matchLabels: selectorOf(GATEWAY) };
  return [
    configMap(`${GATEWAY}-files`, GATEWAY, files),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadataOf(GATEWAY),
      spec: {
        serviceName: GATEWAY,
        replicas: REPLICAS,
        podManagementPolicy: 'Parallel',
        selector,
        // What a replica could not deliver stays, and is delivered when it is there again.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: podTemplate({
          tier: GATEWAY,
          files,
          configs: [
            ...GATEWAY_NAMES.map((name) => `${name}.yaml`),
            ...BACKEND_SLOTS.map((name) => `$(${name})`),
          ],
          ports,
          sizes: {
            memoryMiB: 4096,
            cpu: { request: '1', limit: '2' },
            ephemeralStorage: { request: '64Mi', limit: '256Mi' },
          },
          drainSeconds: 15, // until the agents have looked the gateways up anew
          terminationSeconds: 90,
          env: [FILE_DIRECTORY, ...secrets()],
          envFrom: [{ configMapRef: { name: BACKEND } }],
          volumes: [],
          spread: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: selector,
          })),
        }),
        volumeClaimTemplates: [
          {
            metadata: { name: 'storage', labels: PART_OF },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: QUEUE_SIZE } },
            },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(GATEWAY),
      spec: {
        clusterIP: 'None', // its name has the addresses of all, which an agent chooses from
        selector: selectorOf(GATEWAY),
        ports: [{ name: 'otlp-grpc', port: ports.grpc, targetPort: 'otlp-grpc', appProtocol: 'grpc' }],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadataOf(GATEWAY),
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
    },
  ];
}

/** Every secret of any backend, from the one Secret that a person makes; those of the others stay unset. */
function secrets(): EnvVar[] {
  const files = gatewayConfiguration(backendNames(COLLECTOR_FOLDER));
  const names = variableUses(files.flatMap(({ settings }) => settings))
    .map(({ name }) => name)
    .filter((name) => isSecret(name, noteOf(name, files)));
  return [...new Set(names)]
    .sort()
    .map((name) => ({ name, valueFrom: { secretKeyRef: { name: BACKEND, key: name, optional: true } } }));
}
