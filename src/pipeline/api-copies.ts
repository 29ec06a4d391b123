import { metrics } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';
// Not by its own name: webpack reads createRequire at build time, and takes nothing but import.meta.url.
import nodeModule from 'node:module';
import { join } from 'node:path';
import { canUseRegistered, registeredVersion } from '../common/api-globals.js';
import { after } from '../common/timers.js';

/** A copy of the API in this process. */
interface ApiCopy {
  readonly folder: string;
  readonly version: string;
  /** Whether it uses what is registered globally. */
  readonly usable: boolean;
}

const FOLDER = /^(.*[\\/]node_modules[\\/]@opentelemetry[\\/]api)[\\/]/;

/** When the libraries of a host are loaded, as a rule: a copy may come with them. */
const LATE_LOOK_MILLIS = 10_000;

/**
 * Tells what {@link apiCopiesProblem} finds: now, when the libraries of the host are loaded, and at the end, for a process
 * that is short. Returns what ends it.
 */
export function watchApiCopies(refused: readonly string[], tell: (problem: string) => void): () => void {
  const look = (): void => {
    const problem = apiCopiesProblem(refused);
    if (problem !== undefined) tell(problem);
  };
  look();
  const stop = after(LATE_LOOK_MILLIS, look);
  return () => {
    stop();
    look();
  };
}

/**
 * Says which copies of the API cannot use what is registered globally, by the API's own rule: all that is recorded by
 * such a one goes nowhere, and nothing of the API says so. Copies that can are as good as one. Undefined where all can.
 *
 * Found are those that were loaded by `require`, and the one that the main module of the process would import.
 *
 * @param refused - the parts of ours that the API has not registered
 */
function apiCopiesProblem(refused: readonly string[]): string | undefined {
  const version = registeredVersion();
  if (version === undefined) return undefined;
  const { ours, others } = copies(version);
  const first = [ours, ...others].find((copy) => copy?.version === version);
  const us = `the one of this package (${ours ? shown(ours) : 'in a bundle'})`;
  const unusable = others.filter((copy) => !copy.usable).map(shown);
  const blind = canUseRegistered() ? unusable : [us, ...unusable];
  const effects = [
    ...(blind.length > 0
      ? [
          `${blind.join(' and ')} cannot use what is registered: spans and metrics made by it go nowhere, or are apart`,
        ]
      : []),
    ...(refused.length > 0 ? [`${us} cannot register our ${refused.join(', ')}`] : []),
  ];
  if (effects.length === 0) return undefined;
  return (
    `there are several copies of @opentelemetry/api, and the first to register was ${first ? shown(first) : version}: ` +
    `${effects.join('; ')}. Have one version of it: see \`npm ls @opentelemetry/api\`, then \`npm dedupe\` or \`overrides\`.`
  );
}

const shown = (copy: ApiCopy): string => `${copy.version} in ${copy.folder}`;

/** Each copy once, ours apart. */
function copies(registered: string): { ours: ApiCopy | undefined; others: ApiCopy[] } {
  const byFolder = new Map<string, ApiCopy>();
  let ours: ApiCopy | undefined;
  const add = (file: string, usable: (version: string) => boolean): ApiCopy | undefined => {
    const folder = FOLDER.exec(file)?.[1];
    const version = folder && versionIn(folder);
    if (!folder || !version || byFolder.has(folder)) return undefined;
    const copy = { folder, version, usable: usable(version) };
    byFolder.set(folder, copy);
    return copy;
  };
  for (const [file, api] of loaded()) {
    const copy = add(file, () => canUseRegistered(api));
    if (api.metrics === metrics) ours ??= copy;
  }
  const main = ofMainModule();
  if (main !== undefined) add(main, (version) => mayUse(version, registered));
  if (ours) byFolder.delete(ours.folder);
  return { ours, others: [...byFolder.values()] };
}

/** What `require` has loaded: whole APIs, not the files that they are made of. */
function* loaded(): Generator<[file: string, api: { metrics: typeof metrics }]> {
  const { cache } = nodeModule.createRequire(join(process.cwd(), 'main.js'));
  for (const file of Object.keys(cache)) {
    if (!/@opentelemetry[\\/]api[\\/](build[\\/]src|dist)[\\/]index\.c?js$/.test(file)) continue;
    const api = cache[file]?.exports as { metrics?: typeof metrics } | undefined;
    if (api?.metrics !== undefined) yield [file, { metrics: api.metrics }];
  }
}

/** It may be loaded as ES module, which no list tells. */
function ofMainModule(): string | undefined {
  try {
    return nodeModule
      .createRequire(process.argv[1] ?? join(process.cwd(), 'main.js'))
      .resolve('@opentelemetry/api');
  } catch {
    return undefined;
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** The API's rule: the same, or of the same major version and no newer minor one than what is registered. */
function mayUse(version: string, registered: string): boolean {
  if (version === registered) return true;
  const [own, theirs] = [version, registered].map((text) => /^(\d+)\.(\d+)\.\d+$/.exec(text));
  if (!own || !theirs) return false;
  return own[1] === theirs[1] && Number(own[2]) <= Number(theirs[2]);
}
