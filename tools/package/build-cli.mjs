// Writes dist/cli: the bin of the package.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { API, inlinedNames, TARGET } from './bundler-plugins.mjs';

/** The command line runs the library beside it, and has no copy of it. */
const theLibrary = {
  name: 'the-library',
  setup(plugin) {
    plugin.onResolve({ filter: /^(\.\.\/)+index\.js$/ }, ({ importer, path }) => {
      const isOurs =
        /[\\/]src[\\/]cli[\\/]/.test(importer) && resolve(importer, '..', path) === resolve('src/index.js');
      return isOurs ? { path: '../cjs/index.js', external: true } : undefined;
    });
  },
};

/** In parts that are loaded when they are needed. What it asks the library for is the library that is installed. */
export async function buildCli() {
  rmSync('dist/cli', { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: 'dist/cli',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    minify: true,
    lineLimit: 160,
    external: [API, '@microsoft/*'],
    plugins: [theLibrary, inlinedNames],
    // CommonJS in it requires modules of Node.
    banner: {
      js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
    },
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  const main = readFileSync('dist/cli/main.js', 'utf8');
  writeFileSync('dist/cli/main.js', `#!/usr/bin/env node\n${main}`, { mode: 0o755 });
  const packages = Object.keys(metafile.inputs).map(
    (path) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0],
  );
  const notices = [...new Set(packages)].filter(Boolean).sort().map(licenceOf);
  writeFileSync('dist/cli/THIRD-PARTY-NOTICES', notices.join('\n\n'));
}

/** The text of a package's licence, under its name. */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} has no text of its licence`);
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  return `Code of ${name} ${version} (${license}):\n\n${text}`;
}

if (process.argv[1] === import.meta.filename) await buildCli();
