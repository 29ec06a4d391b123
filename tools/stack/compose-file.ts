// docker-compose.yml, as its author writes it or as `docker compose config` resolves it, in one shape.
import { isAbsolute, join, normalize } from 'node:path';

export interface ComposeService {
  readonly name: string;
  readonly image: string | undefined;
  readonly isBuilt: boolean;
  readonly dockerfile: string | undefined;
  readonly ports: readonly PublishedPort[];
  readonly mounts: readonly BindMount[];
  readonly environment: Readonly<Record<string, string | null>>;
  readonly memoryLimit: string | undefined;
  readonly capDrop: readonly string[];
  readonly securityOpt: readonly string[];
  readonly readOnly: boolean;
  readonly privileged: boolean;
}

export interface PublishedPort {
  readonly address: string;
  readonly published: string;
  readonly target: string;
}

export interface BindMount {
  /** From the root of the checkout, or absolute outside of it. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the file's own shape is the schema of Compose */

/**
 * @param file - the parsed file, merge keys resolved
 * @param root - absolute folder of the checkout
 */
export function composeServices(file: any, root: string): ComposeService[] {
  return Object.entries<any>(file.services).map(([name, service]) => ({
    name,
    image: service.image,
    isBuilt: service.build !== undefined,
    dockerfile: service.build?.dockerfile,
    ports: (service.ports ?? []).map(portOf),
    mounts: (service.volumes ?? []).flatMap((volume: any) => mountOf(volume, root)),
    environment: service.environment ?? {},
    memoryLimit: service.mem_limit,
    capDrop: service.cap_drop ?? [],
    securityOpt: service.security_opt ?? [],
    readOnly: service.read_only === true,
    privileged: service.privileged === true,
  }));
}

function portOf(port: any): PublishedPort {
  if (typeof port === 'object')
    return { address: port.host_ip ?? '', published: `${port.published}`, target: `${port.target}` };
  const parts = String(port).split(':');
  const [target, published = '', ...address] = parts.reverse();
  return { address: address.reverse().join(':'), published, target: target! };
}

function mountOf(volume: any, root: string): BindMount[] {
  if (typeof volume === 'object') {
    if (volume.type !== 'bind') return [];
    return [
      { source: inside(volume.source, root), target: volume.target, readOnly: volume.read_only === true },
    ];
  }
  const [source, target, mode] = String(volume).split(':');
  if (!/^[./]/.test(source!)) return []; // a named volume
  return [{ source: inside(source!, root), target: target!, readOnly: mode === 'ro' }];
}

function inside(path: string, root: string): string {
  const base = join(root, '/');
  const absolute = isAbsolute(path) ? normalize(path) : join(base, path);
  return absolute.startsWith(base) ? absolute.slice(base.length) : absolute;
}
