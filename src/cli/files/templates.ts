// What this release writes into a folder, as text.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../package-root.js';
import type { TemplateFile } from './changes.js';
import type { Settings } from './settings.js';

/** The kind that has all files. */
export const STACK = 'stack';

/** Where the kinds that are written alone stand among all files. */
export const KINDS: Readonly<Record<string, string>> = {
  dashboards: 'grafana/dashboards/',
  rules: 'prometheus/rules/',
  runbooks: 'prometheus/runbooks/',
};

const SECRETS = 'prometheus/alertmanager/secrets';
const OTHERS = ['.env.example', `${SECRETS}/README.md`];
/** npm leaves files of this name out of a package. */
const IGNORED: TemplateFile = { path: `${SECRETS}/.gitignore`, text: '*\n!.gitignore\n!README.md\n' };

/** Every file of the stack. */
export async function stackFiles(settings: Settings): Promise<TemplateFile[]> {
  const { COPIED, writtenFiles } = await operators(settings);
  const root = packageRoot();
  const written = writtenFiles(root);
  const taken = new Set(written.map(({ path }) => path));
  const copied = [...COPIED, ...OTHERS]
    .flatMap((path) => filesBelow(root, path))
    .filter((path) => !taken.has(path) && path !== 'otel-collector/README.md' && !path.endsWith('.svg'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const files = [...written.map(readable), ...copied.map(withoutCheckout), IGNORED];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files of one kind, without the folders around them. */
export async function filesOfKind(kind: string, settings: Settings): Promise<TemplateFile[]> {
  const { writtenFiles } = await operators(settings);
  return writtenFiles(packageRoot())
    .filter(({ path }) => path.startsWith(KINDS[kind]!))
    .map(readable)
    .map(({ path, text }) => ({ path: basename(path), text }));
}

async function operators(settings: Settings) {
  const { choose } = await import('../../../prometheus/src/config.js');
  choose(settings);
  return await import('../../../tools/operators/files.js');
}

/** A person reads differences between dashboards: a line for each member. */
const readable = ({ path, text }: TemplateFile): TemplateFile => ({
  path,
  text: path.endsWith('.json') ? `${JSON.stringify(JSON.parse(text), undefined, 2)}\n` : text,
});

const INIT = 'npx agent-os-observability init';

/** Without what only a checkout has: the demo, and scripts of npm. */
function withoutCheckout({ path, text }: TemplateFile): TemplateFile {
  const isCompose = path === 'docker-compose.yml';
  const kept = isCompose
    ? text.replace(/^ {2}demo:\n(?: {4,}.*\n|\n)*/m, '').replace(/ The demo as kernel:.*$/m, '')
    : path === '.env.example'
      ? text.replace(/^# The demo as kernel:.*\n(?:#.*\n)+\n/m, '')
      : text;
  return {
    path,
    text: kept.replaceAll('npm run stack:init', INIT).replace(`#   ${INIT}       once`, `#   ${INIT}   once`),
  };
}

function filesBelow(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    );
}
