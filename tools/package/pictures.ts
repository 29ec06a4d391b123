// Part of npm pack: before it, documents are written as they are in the package; after it (--back), as they were.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest, packedDocument } from './packed-document.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The documents as they were. */
const KEPT = join(ROOT, '.cache/documents');

if (process.argv.includes('--back')) {
  cpSync(KEPT, ROOT, { recursive: true });
  rmSync(KEPT, { recursive: true });
} else {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  rmSync(KEPT, { recursive: true, force: true });
  mkdirSync(KEPT, { recursive: true });
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  for (const path of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const packed = packedDocument(text, manifest);
    if (packed === text) continue;
    mkdirSync(dirname(join(KEPT, path)), { recursive: true });
    writeFileSync(join(KEPT, path), text);
    writeFileSync(join(ROOT, path), packed);
  }
}
