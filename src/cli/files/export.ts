import { resolve } from 'node:path';
import { UsageError, type Given, type Io } from '../command.js';
import { Folder, makeFolder } from './folder.js';
import { readManifest } from './manifest.js';
import { settingsOf } from './settings.js';
import { filesOfKind, KINDS } from './templates.js';
import { writeFiles } from './write.js';

export async function run(called: Given, io: Io): Promise<number> {
  const [kind = '', at = kind] = called.positionals;
  if (!Object.hasOwn(KINDS, kind))
    throw new UsageError(
      `there is no ${JSON.stringify(kind)} to export, only ${Object.keys(KINDS).join(', ')}`,
    );
  const path = resolve(io.cwd, at);
  const folder = new Folder(path);
  const manifest = readManifest(folder, kind);
  const settings = await settingsOf(called, io, manifest?.settings);
  makeFolder(path);
  const templates = await filesOfKind(kind, settings);
  return writeFiles({ folder, kind, settings, templates, manifest, restore: true }, called, io);
}
