import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** A text file, its path from the root of the repository. */
export interface Document {
  readonly file: string;
  readonly text: string;
}

export function documentAt(file: string): Document {
  return { file, text: readFileSync(join(ROOT, file), 'utf8') };
}

/** Files of one ending beneath a folder. */
export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();
}

/** The project's documents: those beside the README, and docs/, but for the reports of the API, which are no prose. */
export const DOCUMENTS: readonly Document[] = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  ...filesUnder('docs', '.md').filter((file) => !file.startsWith(join('docs', 'api'))),
].map(documentAt);

export const SOURCES: readonly Document[] = filesUnder('src', '.ts').map(documentAt);

export const PACKAGE = JSON.parse(documentAt('package.json').text) as {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { types: string }>>;
};
