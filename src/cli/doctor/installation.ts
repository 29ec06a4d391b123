// What is installed where the host runs: Node.js, the OpenTelemetry API, and peers.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';
import { finding, type Finding } from './finding.js';

const HOP = 'installation';
const API = '@opentelemetry/api';

interface Manifest {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** @param cwd - whose node_modules the host loads */
export function installation(cwd: string, nodeVersion = process.versions.node): Finding[] {
  const ours = manifest(packageRoot()) ?? {};
  const wantedNode = ours.engines?.node ?? '';
  const node = fits(nodeVersion, wantedNode)
    ? []
    : [finding(HOP, `Node.js ${nodeVersion} is not ${wantedNode}`, 'install a newer Node.js')];
  const peers = Object.entries(ours.peerDependencies ?? {}).flatMap(([name, range]) => {
    const version = manifest(join(cwd, 'node_modules', name))?.version;
    if (version === undefined || fits(version, range)) return [];
    return [finding(HOP, `${name} ${version} is not ${range}`, `npm install ${name}@"${range}"`)];
  });
  const copies = copiesOf(API, join(cwd, 'node_modules'));
  const twice =
    copies.length < 2
      ? []
      : [
          finding(
            HOP,
            `${copies.length} copies of ${API}: ${copies.map(({ path, version }) => `${version} in ${path}`).join(', ')}`,
            `npm ls ${API} says who wants which; one that suits all, or "overrides" in package.json, then npm dedupe`,
          ),
        ];
  return [...node, ...peers, ...twice];
}

function manifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/** Deep enough for what package managers nest. */
const MAX_DEPTH = 6;

/** Every copy of a package below a node_modules folder; links are not followed. */
function copiesOf(name: string, modules: string, depth = 0): { path: string; version: string }[] {
  if (depth > MAX_DEPTH || !existsSync(modules)) return [];
  const own = join(modules, name);
  const version = manifest(own)?.version;
  return [
    ...(version === undefined ? [] : [{ path: own, version }]),
    ...packagesIn(modules).flatMap((folder) => copiesOf(name, join(folder, 'node_modules'), depth + 1)),
  ];
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const folder = join(modules, name);
      return name.startsWith('@') ? packagesIn(folder) : [folder];
    });
}

/** Whether a version is in a range of the form `>=1.9 <2`. */
export function fits(version: string, range: string): boolean {
  return range.split(/\s+/).every((part) => {
    const [, operator, bound] = /^(>=|<)([\d.]+)$/.exec(part) ?? [];
    if (operator === undefined || bound === undefined) return true;
    return operator === '<' ? compared(version, bound) < 0 : compared(version, bound) >= 0;
  });
}

function compared(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split(/[-+]/)[0]!.split('.').map(Number));
  for (let at = 0; at < 3; at++) if ((a![at] ?? 0) !== (b![at] ?? 0)) return (a![at] ?? 0) - (b![at] ?? 0);
  return 0;
}
