// The files of a Collector as a ConfigMap and a volume that lays them out as they are in the checkout.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backendNames } from '../collector/combinations.js';
import { readConfiguration, type ConfigurationFile } from '../collector/configuration-file.js';
import { metadataOf, type KubernetesObject } from './object.js';
import { merge, startsWith } from '../collector/merge.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const COLLECTOR_FOLDER = join(ROOT, 'otel-collector');

/** Changes an agent of this deployment; not in otel-collector/, for it holds for Kubernetes alone. */
const AGENT_OVERLAY = join(ROOT, 'deploy/kubernetes/collector/agent-without-scrape.yaml');

/** Where the files are in a container; also its working directory. */
export const MOUNT = '/etc/otel-collector';

export interface MountedFile {
  /** Below MOUNT, as `backends/jaeger.yaml`. */
  readonly path: string;
  /** As `backends.jaeger.yaml`: a key of a ConfigMap has no slash. */
  readonly key: string;
  readonly text: string;
}

/** In the order of --config. */
export const AGENT_NAMES = ['gateway/agent', AGENT_OVERLAY];
export const GATEWAY_NAMES = ['base', 'gateway/gateway'];

/** An agent's configuration as the checker reads it. */
export function agentConfiguration(): ConfigurationFile[] {
  return readConfiguration(AGENT_NAMES, COLLECTOR_FOLDER);
}

/** A gateway's, with backends named as `backends/jaeger`. */
export function gatewayConfiguration(backends: readonly string[]): ConfigurationFile[] {
  return readConfiguration([...GATEWAY_NAMES, ...backends], COLLECTOR_FOLDER);
}

/** With those of the components of deploy/kubernetes/security. */
export function agentFiles(): MountedFile[] {
  return mounted([...agentConfiguration(), ...securityFiles(['bearer', 'mtls', 'mtls-agent'])]);
}

/** With all backends, so that a choice among them changes no file. */
export function gatewayFiles(): MountedFile[] {
  return mounted([...gatewayConfiguration(backendNames(COLLECTOR_FOLDER)), ...securityFiles(['mtls'])]);
}

function securityFiles(names: readonly string[]): ConfigurationFile[] {
  return readConfiguration(
    names.map((name) => `security/${name}`),
    COLLECTOR_FOLDER,
  );
}

export function configMap(name: string, tier: string, files: readonly MountedFile[]): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(name, tier),
    data: Object.fromEntries(files.map(({ key, text }) => [key, text])),
  };
}

/** Changes with the files: as an annotation of the pods, it has them replaced then. */
export function checksum(files: readonly MountedFile[]): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
}

export function mounted(files: readonly ConfigurationFile[]): MountedFile[] {
  return files.map(({ path }) => {
    const inside = relative(COLLECTOR_FOLDER, path);
    const name = inside.startsWith('..') ? relative(join(ROOT, 'deploy/kubernetes/collector'), path) : inside;
    return { path: name, key: name.replaceAll('/', '.'), text: readFileSync(path, 'utf8') };
  });
}

// On which ports a Collector listens, read out of its configuration.

export interface CollectorPorts {
  readonly grpc: number;
  readonly http: number;
  readonly health: number;
  readonly metrics: number;
}

const PATHS: Readonly<Record<keyof CollectorPorts, readonly string[]>> = {
  grpc: ['receivers', 'otlp', 'protocols', 'grpc', 'endpoint'],
  http: ['receivers', 'otlp', 'protocols', 'http', 'endpoint'],
  health: ['extensions', 'health_check', 'endpoint'],
  metrics: ['service', 'telemetry', 'metrics', 'readers'],
};

/** With the defaults of the files: no variable for a port is set here. */
export function collectorPorts(files: readonly ConfigurationFile[]): CollectorPorts {
  const { settings } = merge(files);
  const port = (name: keyof CollectorPorts): number => {
    const setting = settings.find(({ path }) => startsWith(path, PATHS[name]));
    const text = withDefaults(JSON.stringify(setting?.value ?? null));
    const found = /(?::|"port":")(\d+)"/.exec(text)?.[1];
    if (found === undefined) throw new Error(`${PATHS[name].join('.')} has no port: ${text}`);
    return Number(found);
  };
  return { grpc: port('grpc'), http: port('http'), health: port('health'), metrics: port('metrics') };
}

export function withDefaults(text: string, env: Readonly<Record<string, string>> = {}): string {
  return text.replace(
    /\$\{env:(\w+)(?::-([^${}]*))?\}/g,
    (_, name: string, fallback?: string) => env[name] ?? fallback ?? '',
  );
}
