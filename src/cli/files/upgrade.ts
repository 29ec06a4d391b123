import { resolve } from 'node:path';
import { UsageError, type Given, type Io } from '../command.js';
import { Folder } from './folder.js';
import { readManifest } from './manifest.js';
import { settingsOf } from './settings.js';
import { STACK, stackFiles } from './templates.js';
import { MANIFEST_MISSING, writeFiles } from './write.js';

export async function run(called: Given, io: Io): Promise<number> {
  const path = resolve(io.cwd, called.positionals[0] ?? '.');
  const folder = new Folder(path);
  const manifest = readManifest(folder, STACK);
  if (manifest === undefined) throw new UsageError(`${path} ${MANIFEST_MISSING}`);
  const settings = await settingsOf(called, io, manifest.settings);
  const templates = await stackFiles(settings);
  const dryRun = called.flags['dry-run'] === true;
  return writeFiles(
    { folder, kind: STACK, settings, templates, manifest, restore: false, dryRun },
    called,
    io,
  );
}
