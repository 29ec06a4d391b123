// Whether each Collector, with the files and the variables of its pod, would start and reach its backends.
import { checkConfiguration } from '../collector/check-configuration.js';
import { backendNames } from '../collector/combinations.js';
import type { ConfigurationFile } from '../collector/configuration-file.js';
import { variableUses } from '../collector/environment.js';
import { backendObjects, BACKEND_FILE, BACKEND_SLOTS, backendSettings, chosenBackends } from './backend.js';
import { agentConfiguration, COLLECTOR_FOLDER, gatewayConfiguration } from './collector-files.js';
import type { KubernetesObject } from './object.js';
import type { EnvVar } from './pod.js';

/** Lines that say what is wrong, none when all is well. */
export function configurationProblems(agent: PodContainer, gateway: PodContainer): string[] {
  const known = backendNames(COLLECTOR_FOLDER);
  const unknown = chosenBackends().filter((name) => !known.includes(name));
  if (unknown.length > 0) return [`${BACKEND_FILE}: ${unknown.join(', ')} is not among ${known.join(', ')}`];
  const files = gatewayConfiguration(chosenBackends());
  return [
    ...checked(agentConfiguration(), podEnvironment(agent)),
    ...checked(files, podEnvironment(gateway)),
    ...settingProblems(files, backendSettings(), backendObjects()),
  ];
}

function checked(files: readonly ConfigurationFile[], env: Readonly<Record<string, string>>): string[] {
  return checkConfiguration(files, env).problems.map(
    ({ file, line, key, what }) => `${file}:${line} ${key}: ${what}`,
  );
}

/** What a person may get wrong in backend.yaml: a variable that nobody reads, a port that nobody lets through. */
export function settingProblems(
  files: readonly ConfigurationFile[],
  settings: Readonly<Record<string, string>>,
  objects: readonly KubernetesObject[],
): string[] {
  const slots: readonly string[] = BACKEND_SLOTS;
  const read = variableUses(files.flatMap((file) => file.settings)).map(({ name }) => name);
  const own = Object.entries(settings).filter(([name]) => !slots.includes(name));
  const open = objects.filter(({ kind }) => kind === 'NetworkPolicy').flatMap(openPorts);
  return own.flatMap(([name, value]) => {
    if (!read.includes(name)) return [`${BACKEND_FILE}: no file of the chosen ones reads ${name}`];
    return portsIn(value)
      .filter((port) => !open.includes(port))
      .map(
        (port) => `${BACKEND_FILE}: ${name} has port ${port}, which the NetworkPolicy does not let through`,
      );
  });
}

/** Of `host:port`, several with commas, or of a URL. */
function portsIn(value: string): number[] {
  return value.split(',').flatMap((address) => {
    const [, scheme] = /^(https?):\/\//.exec(address) ?? [];
    const port = /^(?:\w+:\/\/)?[\w.-]+:(\d+)(?:\/|$)/.exec(address)?.[1];
    if (port !== undefined) return [Number(port)];
    return scheme === undefined ? [] : [scheme === 'https' ? 443 : 80];
  });
}

function openPorts(policy: KubernetesObject): number[] {
  const { egress = [] } = policy['spec'] as { egress?: { ports?: { port: number }[] }[] };
  return egress.flatMap(({ ports = [] }) => ports.map(({ port }) => port));
}

// The variables that a Collector of a pod finds.

/** Stands for what is in a Secret. */
const SECRET = 'from-the-secret';

export interface PodContainer {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly {
    readonly configMapRef: { readonly name: string; readonly optional?: boolean };
  }[];
}

/** As the kubelet has it: what `env` says wins over `envFrom`. ConfigMaps that a person may make are not there. */
export function podEnvironment({ env, envFrom }: PodContainer): Readonly<Record<string, string>> {
  const maps = envFrom.filter(({ configMapRef }) => configMapRef.optional !== true);
  return Object.fromEntries([
    ...maps.flatMap(() => Object.entries(backendSettings())),
    ...env.map(({ name, value }) => [name, value ?? SECRET] as const),
  ]);
}

/** Paths of the files that its arguments name, below the mount. */
export function podConfigs(container: PodContainer): string[] {
  const variables = podEnvironment(container);
  return container.args.map((argument) =>
    argument
      .replace(/^--config=/, '')
      .replace(/\$\((\w+)\)/g, (whole, name: string) => variables[name] ?? whole),
  );
}
