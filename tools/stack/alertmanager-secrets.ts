// The files that Alertmanager reads secrets from, as alertmanager.yml names them.
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const IN_CONTAINER = '/etc/alertmanager/secrets/';
const FOLDER = 'prometheus/alertmanager/secrets';

/** Uid of Alertmanager's image. */
const NOBODY = 65_534;
const OTHERS_READ = 0o004;

/** Paths of the files, from the root of the checkout. */
export function secretFiles(alertmanagerConfig: string): string[] {
  const names = [...alertmanagerConfig.matchAll(/_file:\s*(\/[^\s,}]+)/g)].map(([, path]) => path!);
  const foreign = names.find((path) => !path.startsWith(IN_CONTAINER));
  if (foreign !== undefined) throw new Error(`${foreign} is not in ${IN_CONTAINER}, which compose mounts`);
  return [...new Set(names)].map((path) => `${FOLDER}/${basename(path)}`).sort();
}

/** What keeps Alertmanager from reading its secrets, a line for each file; none when all is well. */
export function secretProblems(root: string): string[] {
  const config = readFileSync(join(root, 'prometheus/alertmanager/alertmanager.yml'), 'utf8');
  return secretFiles(config).flatMap((file) => {
    const stat = statSync(join(root, file), { throwIfNoEntry: false });
    if (stat === undefined) return [`${file} is missing`];
    if (readFileSync(join(root, file), 'utf8').trim() === '') return [`${file} is empty`];
    const readable = (stat.mode & OTHERS_READ) !== 0 || stat.uid === NOBODY;
    return readable ? [] : [`${file} cannot be read by Alertmanager, uid ${NOBODY}: chmod o+r ${file}`];
  });
}
