// What we wrote into a folder: by it a later call knows whose a change is.
import { createHash } from 'node:crypto';
import { NAME, UsageError } from '../command.js';
import { withoutMark } from '../text-file.js';
import type { Folder } from './folder.js';
import type { Settings } from './settings.js';
import { KINDS, STACK } from './templates.js';

export const MANIFEST = 'agent-os-observability.json';

export interface Manifest {
  /** Of the package. */
  readonly version: string;
  /** What was written: all of the stack, or one kind. */
  readonly kind: string;
  readonly settings: Settings;
  /** By path, the hash of what we wrote, or put beside a changed file. */
  readonly files: Readonly<Record<string, string>>;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws UsageError where it is there and cannot be used, or is of another kind */
export function readManifest(folder: Folder, kind: string): Manifest | undefined {
  const text = folder.read(MANIFEST);
  if (text === undefined) return undefined;
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(withoutMark(text)) as Manifest;
  } catch (error) {
    throw new UsageError(`${MANIFEST} cannot be read as JSON: ${(error as Error).message}`);
  }
  const { version, settings, files } = manifest ?? {};
  const hashes = isObject(files) && Object.values(files).every((hash) => typeof hash === 'string');
  if (typeof version !== 'string' || !isObject(settings) || !hashes)
    throw new UsageError(`${MANIFEST} is not as this command wrote it: bring it back, or delete it`);
  if (manifest.kind !== kind)
    throw new UsageError(
      `${folder.path} has the files of ${JSON.stringify(manifest.kind)}: ${other(manifest.kind, folder.path)}take another folder`,
    );
  return manifest as Manifest;
}

/** What brings the files of another kind to this release. */
function other(kind: unknown, path: string): string {
  const known = typeof kind === 'string' && Object.hasOwn(KINDS, kind);
  const command = kind === STACK ? 'upgrade' : known ? `export ${kind}` : undefined;
  const folder = /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);
  return command === undefined ? '' : `run npx ${NAME} ${command} ${folder}, or `;
}

export const writeManifest = (folder: Folder, manifest: Manifest): void =>
  folder.write(MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`);

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
