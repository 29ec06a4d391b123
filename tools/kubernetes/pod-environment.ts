// The variables that a Collector of a pod finds.
import { backendSettings } from './backend.js';
import type { EnvVar } from './pod.js';

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
