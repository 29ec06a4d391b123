// What init, upgrade and export share: plan, say, write, remember.
import { createTwoFilesPatch } from 'diff';
import type { Given, Io } from '../command.js';
import { packageVersion } from '../package-root.js';
import { painted } from '../terminal.js';
import { apply, changesIn, type Change, type Fate, type TemplateFile } from './changes.js';
import type { Folder } from './folder.js';
import { hashOf, MANIFEST, writeManifest, type Manifest } from './manifest.js';
import type { Settings } from './settings.js';

export interface Wanted {
  readonly folder: Folder;
  readonly kind: string;
  readonly settings: Settings;
  readonly templates: readonly TemplateFile[];
  readonly manifest: Manifest | undefined;
  readonly restore: boolean;
  readonly dryRun?: boolean;
  /** What was done beside. */
  readonly notes?: readonly string[];
}

const SAYS: Readonly<Record<Fate, string | undefined>> = {
  new: 'written',
  replaced: 'replaced: you had not changed it',
  same: undefined,
  yours: 'kept: changed by you, and by no release since',
  conflict: 'KEPT: changed by you; ours is beside it as .new',
  deleted: 'stays away: you deleted it; init writes it again',
  removed: 'removed: this release has it no more',
  left: 'kept: this release has it no more, but you changed it',
};

/** Plans, writes unless it is a rehearsal, and says what became of each file. */
export function writeFiles(wanted: Wanted, { flags }: Given, io: Io): number {
  const { folder, dryRun = false } = wanted;
  const overwrite = flags['overwrite'] === true;
  const changes = changesIn(folder, wanted);
  if (!dryRun) {
    apply(folder, changes, overwrite);
    writeManifest(folder, manifestAfter(wanted, changes));
  }
  const open = overwrite ? [] : changes.filter(({ fate }) => fate === 'conflict');
  if (flags['json'] === true) {
    const files = changes.map(({ path, fate }) => ({ path, fate }));
    const about = { folder: folder.path, version: packageVersion(), from: wanted.manifest?.version ?? null };
    io.out(JSON.stringify({ ...about, written: !dryRun, overwrite, files }, undefined, 2));
  } else for (const line of linesOf(wanted, changes, overwrite, io)) io.out(line);
  return open.length > 0 ? 1 : 0;
}

function linesOf(
  { folder, dryRun, manifest, notes = [] }: Wanted,
  changes: readonly Change[],
  overwrite: boolean,
  io: Io,
): string[] {
  const told = changes.flatMap(({ path, fate }) => {
    if (overwrite && (fate === 'conflict' || fate === 'yours'))
      return [painted(io, 'yellow', `  ${path}: OVERWRITTEN; what you had is ${path}.before`)];
    const says = SAYS[fate];
    if (says === undefined || fate === 'new') return [];
    return [painted(io, fate === 'conflict' ? 'yellow' : 'grey', `  ${path}: ${says}`)];
  });
  const patches = changes
    .filter(({ fate }) => fate === 'conflict' || (fate === 'replaced' && dryRun))
    .flatMap(({ path, before, after }) => patchLines(path, before!, after!, io));
  const count = (fate: Fate): number => changes.filter((change) => change.fate === fate).length;
  const numbers = `${count('new')} new, ${count('replaced')} replaced, ${count('same')} as they were, ${count('yours') + count('conflict') + count('left')} changed by you`;
  const from = manifest === undefined ? '' : ` (before: ${manifest.version})`;
  return [
    `${folder.path}: the files of release ${packageVersion()}${from}: ${numbers}${dryRun ? '; nothing was written' : ''}`,
    ...told,
    ...patches,
    ...notes,
  ];
}

function patchLines(path: string, before: string, after: string, io: Io): string[] {
  const patch = createTwoFilesPatch(
    `${path} (yours)`,
    `${path} (ours)`,
    before,
    after,
    undefined,
    undefined,
    {
      timeout: 2000,
    },
  );
  const lines =
    patch === undefined ? [`${path}: too different to show`] : patch.trimEnd().split('\n').slice(1);
  return [
    '',
    ...lines.map((line) =>
      painted(io, line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'grey', line),
    ),
  ];
}

/** What was offered beside a changed file is what the next release is compared with. */
function manifestAfter(
  { kind, settings, templates, manifest }: Wanted,
  changes: readonly Change[],
): Manifest {
  const files = Object.fromEntries(templates.map(({ path, text }) => [path, hashOf(text)]));
  for (const { path, fate } of changes)
    if (fate === 'deleted') files[path] = manifest!.files[path] ?? files[path]!;
  return { version: packageVersion(), kind, settings, files };
}

export const MANIFEST_MISSING = `has no ${MANIFEST}: run init first`;
