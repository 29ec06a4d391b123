// The images of docker-compose.yml, made of the native stack's binaries, a static busybox and a Node.js from npm: the
// same user, entry point and folders as the published ones have, and nothing else in them.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { StackBinary } from '../../../tools/native-stack/programs.js';
import { RELEASES, type Release } from '../../../tools/stack/releases.js';
import type { EngineApi } from './engine.js';
import { programPath } from './prerequisites.js';

interface Recipe {
  /** What is in it: a path inside, and of the file outside. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that its user may write, which new volumes take their owner from. */
  readonly folders?: Readonly<Record<string, number>>;
  readonly user: string;
  readonly entrypoint?: string;
}

/** Uid of `nobody`, whom the images of Prometheus and Alertmanager run as. */
const NOBODY = 65_534;
const PASSWD = `root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnobody:x:${NOBODY}:${NOBODY}::/:/bin/sh\n`;
const APPLETS = ['sh', 'wget', 'chown', 'true'];

export interface Sources {
  readonly binaries: Readonly<Record<StackBinary, string>>;
  /** A Node.js of the release that docker-compose.yml names. */
  readonly node: string;
}

/** By service. Grafana is not among them: nothing here can make it. */
function recipes({ binaries, node }: Sources): Readonly<Record<string, Recipe>> {
  const busybox = programPath('busybox')!;
  const shell = Object.fromEntries(APPLETS.map((name) => [`/bin/${name}`, busybox]));
  const program = (binary: StackBinary, user: string, folders: Recipe['folders'] = {}): Recipe => ({
    files: { ...shell, [`/bin/${binary}`]: binaries[binary] },
    folders,
    user,
    entrypoint: `/bin/${binary}`,
  });
  return {
    // From scratch, as the published one: no shell.
    'otel-collector': {
      files: { '/otelcol-contrib': binaries.otelcol },
      user: '10001',
      entrypoint: '/otelcol-contrib',
    },
    'queue-owner': { files: shell, user: 'root' },
    prometheus: program('prometheus', 'nobody', { '/prometheus': NOBODY }),
    alertmanager: program('alertmanager', 'nobody', { '/alertmanager': NOBODY }),
    jaeger: program('jaeger', '10001'),
    'victoria-logs': program('victoria-logs', 'root', { '/victoria-logs-data': 0 }),
    'alert-log': {
      files: { ...shell, ...withLibraries('/usr/local/bin/node', realpathSync(node)) },
      user: 'root',
    },
  };
}

/** Makes the image of every service that there is a recipe for; the services that are left, and what differs. */
export async function makeImages(
  engine: EngineApi,
  sources: Sources,
  services: Readonly<Record<string, { readonly image: string }>>,
  scratch: string,
): Promise<{ leftOut: string[]; differs: string[] }> {
  const known = recipes(sources);
  const leftOut = Object.keys(services).filter((name) => known[name] === undefined);
  for (const [name, recipe] of Object.entries(known))
    await makeImage(engine, services[name]!.image, recipe, scratch);
  const differs = Object.entries<Release>(RELEASES).flatMap(([name, { image, native, because }]) =>
    native === undefined || native === image
      ? []
      : [`${name}: ${native} runs in place of ${image}, since ${because}`],
  );
  return { leftOut, differs };
}

async function makeImage(engine: EngineApi, image: string, recipe: Recipe, scratch: string): Promise<void> {
  const root = mkdtempSync(join(scratch, 'image-'));
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path)); // tar puts in what it leads to
  };
  for (const [path, source] of Object.entries(recipe.files)) link(path, source);
  for (const [path, owner] of Object.entries(recipe.folders ?? {})) {
    mkdirSync(join(root, path), { recursive: true });
    chownSync(join(root, path), owner, owner);
  }
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), PASSWD);
  chmodSync(root, 0o755);
  const tar = spawn('tar', ['-C', root, '--dereference', '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const changes = [`USER ${recipe.user}`, 'ENV PATH=/usr/local/bin:/bin'];
  if (recipe.entrypoint !== undefined) changes.push(`ENTRYPOINT ["${recipe.entrypoint}"]`);
  await engine.importImage(image, changes, tar.stdout);
  rmSync(root, { recursive: true });
}

/** A program with the shared libraries that it is loaded with. */
function withLibraries(path: string, program: string): Record<string, string> {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  const libraries = [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, library]) => library!);
  return Object.fromEntries([
    [path, program],
    ...libraries.map((library) => [library, realpathSync(library)]),
  ]);
}
