// A pod that runs one Collector, as little privileged as a pod can be.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checksum, MOUNT, type MountedFile, type CollectorPorts, ROOT } from './collector-files.js';
import { PART_OF, selectorOf } from './object.js';

/** The image's user. */
const UID = 10_001;
const STORAGE = '/var/lib/otel-collector';

/** Of the container's memory: what Go's heap may take, and from where on receivers refuse data. */
const GOMEMLIMIT_SHARE = 0.8;
const REFUSING_SHARE = 0.6;

export interface Sizes {
  readonly memoryMiB: number;
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly ephemeralStorage: { readonly request: string; readonly limit: string };
}

export interface CollectorPod {
  readonly tier: string;
  readonly files: readonly MountedFile[];
  /** Values of --config: paths below MOUNT, or `$(NAME)` of a variable that is one. */
  readonly configs: readonly string[];
  readonly ports: CollectorPorts;
  readonly sizes: Sizes;
  /** From the moment a pod shall end until it stops receiving, while others still take it for alive. */
  readonly drainSeconds: number;
  readonly terminationSeconds: number;
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly unknown[];
  /** What is beside the files; one is named `storage`. */
  readonly volumes: readonly unknown[];
  readonly spread?: readonly unknown[];
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

export function podTemplate(pod: CollectorPod): unknown {
  return {
    metadata: {
      labels: { ...selectorOf(pod.tier), ...PART_OF },
      annotations: { 'agent-os/collector-files': checksum(pod.files) },
    },
    spec: {
      automountServiceAccountToken: false,
      // Otherwise a Service named gateway anywhere in this namespace would set GATEWAY_PORT, and break the configuration.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: pod.terminationSeconds,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: UID,
        runAsGroup: UID,
        fsGroup: UID,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(pod.spread !== undefined && { topologySpreadConstraints: pod.spread }),
      containers: [container(pod)],
      volumes: [
        {
          name: 'files',
          configMap: {
            name: `${pod.tier}-files`,
            items: pod.files.map(({ key, path }) => ({ key, path })),
          },
        },
        ...pod.volumes,
      ],
    },
  };
}

function container({ configs, ports, sizes, drainSeconds, env, envFrom }: CollectorPod): unknown {
  const share = (part: number) => Math.floor(sizes.memoryMiB * part);
  return {
    name: 'collector',
    image: collectorImage(),
    workingDir: MOUNT,
    args: configs.map((config) => `--config=${config}`),
    env: [
      { name: 'COLLECTOR_BIND', value: '0.0.0.0' },
      { name: 'COLLECTOR_STORAGE', value: `${STORAGE}/queue` },
      { name: 'COLLECTOR_MEMORY_MIB', value: `${share(REFUSING_SHARE)}` },
      { name: 'GOMEMLIMIT', value: `${share(GOMEMLIMIT_SHARE)}MiB` },
      ...env,
    ],
    envFrom: [{ configMapRef: { name: 'collector-settings', optional: true } }, ...envFrom],
    ports: [
      { name: 'otlp-grpc', containerPort: ports.grpc },
      { name: 'otlp-http', containerPort: ports.http },
      { name: 'health', containerPort: ports.health },
      { name: 'metrics', containerPort: ports.metrics },
    ],
    // A damaged or long queue is compacted before anything answers.
    startupProbe: { httpGet: { path: '/', port: 'health' }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: '/', port: 'health' }, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { httpGet: { path: '/', port: 'health' }, periodSeconds: 15, failureThreshold: 4 },
    lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
    resources: {
      requests: {
        cpu: sizes.cpu.request,
        memory: `${sizes.memoryMiB}Mi`,
        'ephemeral-storage': sizes.ephemeralStorage.request,
      },
      limits: {
        cpu: sizes.cpu.limit,
        memory: `${sizes.memoryMiB}Mi`,
        'ephemeral-storage': sizes.ephemeralStorage.limit,
      },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'files', mountPath: MOUNT, readOnly: true },
      { name: 'storage', mountPath: STORAGE },
    ],
  };
}

/** For what backends may keep in files. */
export const FILE_DIRECTORY: EnvVar = { name: 'FILE_DIRECTORY', value: `${STORAGE}/files` };

/** The Collector's image, which docker-compose.yml pins. */
export function collectorImage(): string {
  const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, { image?: string }>;
  };
  const image = services['otel-collector']?.image;
  if (image === undefined) throw new Error('docker-compose.yml has no image of otel-collector');
  return image;
}
