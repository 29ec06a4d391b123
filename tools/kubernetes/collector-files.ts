// The files of a Collector as a ConfigMap and a volume that lays them out as they are in the checkout.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backendNames } from '../collector/combinations.js';
import { readConfiguration, type ConfigurationFile } from '../collector/configuration-file.js';
import { metadataOf, type KubernetesObject } from './object.js';

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

export function agentFiles(): MountedFile[] {
  return mounted(agentConfiguration());
}

/** With all backends, so that a choice among them changes no file. */
export function gatewayFiles(): MountedFile[] {
  return mounted(gatewayConfiguration(backendNames(COLLECTOR_FOLDER)));
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

function mounted(files: readonly ConfigurationFile[]): MountedFile[] {
  return files.map(({ path }) => {
    const inside = relative(COLLECTOR_FOLDER, path);
    const name = inside.startsWith('..') ? relative(join(ROOT, 'deploy/kubernetes/collector'), path) : inside;
    return { path: name, key: name.replaceAll('/', '.'), text: readFileSync(path, 'utf8') };
  });
}
