// What must hold for docker-compose.yml.
import type { ComposeService } from './compose-file.js';

const LOOPBACK = ['127.0.0.1', '::1', '[::1]'];
/** A release, not a branch of releases: three numbers, or a digest. */
const EXACT = /(:v?\d+\.\d+\.\d+([-.][\w.-]+)?|@sha256:[0-9a-f]{64})$/;
const SECRET = /PASSWORD|SECRET|TOKEN|CREDENTIAL|API_?KEY/;

/** A line for each rule that a service breaks; none when all is well. */
export function composeProblems(
  services: readonly ComposeService[],
  exists: (path: string) => boolean,
): string[] {
  return services.flatMap((service) => {
    const problems = [
      ...portProblems(service),
      ...imageProblems(service),
      ...mountProblems(service, exists),
      ...privilegeProblems(service),
    ];
    if (service.memoryLimit === undefined) problems.push('has no mem_limit');
    return problems.map((problem) => `${service.name}: ${problem}`);
  });
}

/**
 * Secrets that the file itself has a value for. Only the file as written shows that: resolved, all have one.
 *
 * @param services - of the file as written
 */
export function defaultSecrets(services: readonly ComposeService[]): string[] {
  return services.flatMap(({ name, environment }) =>
    Object.entries(environment)
      .filter(([variable, value]) => SECRET.test(variable) && value !== null && !isRequired(value))
      .map(([variable]) => `${name}: ${variable} must come from outside, as \${${variable}:?how to get it}`),
  );
}

const isRequired = (value: string) => /^\$\{\w+:\?[^}]+\}$/.test(value);

function portProblems({ ports }: ComposeService): string[] {
  return ports
    .filter(({ address }) => !LOOPBACK.includes(address))
    .map(
      ({ address, target }) =>
        `port ${target} is published on ${address || 'every address'}, not on loopback`,
    );
}

function imageProblems({ image, isBuilt }: ComposeService): string[] {
  if (isBuilt) return [];
  if (image === undefined) return ['has neither image nor build'];
  return EXACT.test(image) ? [] : [`${image} is not an exact release`];
}

function mountProblems({ mounts, dockerfile }: ComposeService, exists: (path: string) => boolean): string[] {
  const paths = [...mounts.map(({ source }) => source), ...(dockerfile === undefined ? [] : [dockerfile])];
  return [
    ...paths.filter((path) => !exists(path)).map((path) => `${path} does not exist`),
    ...mounts.filter(({ readOnly }) => !readOnly).map(({ source }) => `${source} is mounted writable`),
    ...mounts.filter(({ source }) => source.endsWith('docker.sock')).map(() => 'is given the whole machine'),
  ];
}

function privilegeProblems({ capDrop, securityOpt, readOnly, privileged }: ComposeService): string[] {
  return [
    ...(privileged ? ['is privileged'] : []),
    ...(capDrop.includes('ALL') ? [] : ['keeps capabilities: cap_drop: [ALL]']),
    ...(securityOpt.includes('no-new-privileges:true')
      ? []
      : ['may gain privileges: no-new-privileges:true']),
    ...(readOnly ? [] : ['may write into its image: read_only: true']),
  ];
}
