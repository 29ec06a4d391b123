// node tools/live/build-page.mjs [file]
// Writes the live page as one file, by default dist/live/page.html: script, style and the licences of what is in it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');
/** Bytes that the page may have, compressed. */
const MOST = 100_000;
/** What is in the page beside our own. */
const PACKAGES = ['preact', 'uplot'];

const file = resolve(process.argv[2] ?? join(ROOT, 'dist/live/page.html'));
const { outputFiles, metafile } = await build({
  entryPoints: [join(ROOT, 'live-page/main.tsx')],
  outdir: 'out',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfig: join(ROOT, 'live-page/tsconfig.json'),
  legalComments: 'none',
  charset: 'utf8',
  absWorkingDir: ROOT,
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const used = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /node_modules\/([^/]+)/.exec(path)?.[1] ?? []),
);
const unknown = [...used].filter((name) => !PACKAGES.includes(name));
if (unknown.length > 0) throw new Error(`the live page has code of ${unknown.join()}: add its licence`);

const textOf = (ending) => {
  const text = outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  if (/<\/(script|style)/i.test(text)) throw new Error(`the live page would end early, by its ${ending}`);
  return text;
};
const licences = PACKAGES.map((name) => {
  const folder = join(ROOT, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}`;
});
const html = readFileSync(join(ROOT, 'live-page/page.html'), 'utf8')
  .replace('/*STYLE*/', () => textOf('.css'))
  .replace('/*SCRIPT*/', () => textOf('.js'))
  .concat(`<!--\nIn this page:\n\n${licences.join('\n\n').replaceAll('--', '- -')}\n-->\n`);

const bytes = gzipSync(html, { level: 9 }).length;
if (bytes > MOST) throw new Error(`the live page has ${bytes} bytes compressed, more than ${MOST}`);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, html);
console.error(`live page: ${(html.length / 1000).toFixed(1)} kB, ${(bytes / 1000).toFixed(1)} kB compressed`);
