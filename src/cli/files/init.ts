import { resolve } from 'node:path';
import { text, UsageError, type Given, type Io } from '../command.js';
import { Folder, makeFolder } from './folder.js';
import { readManifest } from './manifest.js';
import { askFor, settingsOf } from './settings.js';
import { STACK, stackFiles } from './templates.js';
import { writeFiles } from './write.js';

const RECEIVERS: Readonly<Record<string, string>> = { log: 'local.yml', people: 'alertmanager.yml' };

export async function run(called: Given, io: Io): Promise<number> {
  const path = resolve(io.cwd, called.positionals[0] ?? '.');
  const folder = new Folder(path);
  const manifest = readManifest(folder, STACK);
  let settings = await settingsOf(called, io, manifest?.settings);
  const asks = called.flags['yes'] !== true && called.flags['json'] !== true && manifest === undefined;
  if (asks) settings = await askFor(settings, io);
  const receivers = await receiversOf(called, asks ? io : undefined);
  makeFolder(path);
  const templates = await stackFiles(settings);
  const wanted = { folder, kind: STACK, settings, templates, manifest, restore: true };
  const code = writeFiles(wanted, called, io);
  const { initStack } = await import('../../../tools/stack/init-stack.js');
  for (const name of ['.env', '.env.example']) folder.read(name); // through no link
  const ignored = ignoresEnv(folder);
  const { lines, problems } = initStack({ root: path, defaults: receivers });
  if (called.flags['json'] !== true) for (const line of ['', ...lines]) io.out(line);
  if (!ignored) io.err('.gitignore does not name .env, which holds a password');
  for (const problem of problems) io.err(`nobody would be told of all alerts: ${problem}`);
  return code;
}

async function receiversOf(called: Given, io: Io | undefined): Promise<Readonly<Record<string, string>>> {
  const said = text(called, 'receivers') ?? (await io?.ask?.('Where alerts go: log or people.', 'log'));
  if (said === undefined) return {};
  if (!Object.hasOwn(RECEIVERS, said))
    throw new UsageError(`--receivers must be log or people, got ${JSON.stringify(said)}`);
  return { ALERTMANAGER_CONFIG: RECEIVERS[said]! };
}

/** A file of the owner's is not touched. */
function ignoresEnv(folder: Folder): boolean {
  const before = folder.read('.gitignore');
  if (before === undefined) folder.write('.gitignore', '.env\n');
  return before === undefined || before.split('\n').some((line) => /^\/?(\*?\.env|\.env\*)\s*$/.test(line));
}
