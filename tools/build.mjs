// Writes dist/ for each entry point that package.json exports:
// - dist/cjs is what Node runs, for `import` as for `require`: so a process has one copy of our state, and Node does not
//   read the text of every CommonJS file that we import, for its names. It is few files, as each costs at start-up.
// - dist/esm is for bundlers: plain ES modules, without a `require` that a bundle of ES modules could not run.
// - dist/cli is the command line, with all it needs in it, and the licences of that; it is no part of the library.
// - THIRD-PARTY-NOTICES has the licence of what is put into both.
// - dist/live has the live page, one file with its own licences.
// - One .d.ts for each entry point describes both; what entry points share is declared once.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import {
  API,
  INLINED,
  inlinedNames,
  mapsOfLines,
  readApiOnce,
  TARGET,
  typescript,
} from './package/bundler-plugins.mjs';
import { buildCli } from './package/build-cli.mjs';
import { entryPoints } from './package/entry-points.mjs';

process.chdir(resolve(import.meta.dirname, '..'));

const DECLARATIONS = '.cache/types';
/** Nothing of node_modules goes into a bundle. */
const isPackage = (id) => /^(@?[a-z]|node:)/.test(id);

const entries = entryPoints().map(({ module }) => module);
const inputs = (folder, ending) =>
  Object.fromEntries(entries.map((module) => [module, `${folder}/${module}${ending}`]));

rmSync('dist', { recursive: true, force: true });
rmSync(DECLARATIONS, { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.esm.json'], {
  stdio: 'inherit',
});
await writeCommonJs();
await writeEsm();
await writeTypes();
await buildCli();
writeNotice();
await import('./live/build-page.mjs');

async function writeCommonJs() {
  const apart = entries.filter((module) => /^(semconv|governance|testing)\//.test(module));
  const bundle = await rollup({
    input: inputs('src', '.ts'),
    external: (id) => isPackage(id) && id !== API,
    treeshake: { moduleSideEffects: 'no-external' },
    plugins: [readApiOnce, typescript, mapsOfLines],
    onwarn: fail,
  });
  await bundle.write({
    dir: 'dist/cjs',
    format: 'cjs',
    chunkFileNames: 'chunks/[name].js',
    manualChunks: chunkOf({
      semconv: apart.filter((module) => module.startsWith('semconv/')),
      main: entries.filter((module) => !apart.includes(module)),
    }),
    esModule: true,
    externalLiveBindings: false,
    freeze: false,
    generatedCode: { preset: 'es2015', symbols: false },
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    sourcemap: true,
  });
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
}

async function writeEsm() {
  const { metafile, outputFiles } = await esbuild({
    entryPoints: inputs('src', '.ts'),
    outdir: 'dist/esm',
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    // Whoever bundles it minifies it: white space would be installed for nobody. In lines, as an error shows the one it is from.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    packages: 'external',
    plugins: [inlinedNames],
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const others = Object.keys(metafile.inputs).filter((path) => /(^|\/)node_modules\//.test(path));
  if (others.length > 0) throw new Error(`dist/esm has code of packages: ${others.join()}`);
  // esbuild keeps the order of side effects by imports without names. We have none, as package.json says, and a bundler
  // of a host warns of each such import.
  for (const { path, text } of outputFiles) {
    const code = text.replace(/\bimport"(\.{1,2}\/)+chunks\/\w+\.js";/g, '');
    if (code.trim() === '') continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
}

async function writeTypes() {
  const bundle = await rollup({
    input: inputs(DECLARATIONS, '.d.ts'),
    external: isPackage,
    plugins: [dts()],
    onwarn: fail,
  });
  await bundle.write({
    dir: 'dist/cjs',
    format: 'esm', // as declarations are written for either format
    entryFileNames: '[name].d.ts',
    chunkFileNames: ({ name }) => `chunks/${name.replace(/\.d$/, '')}.d.ts`,
    minifyInternalExports: false,
  });
}

/** The licence of the package whose names are in the code. */
function writeNotice() {
  const folder = `node_modules/${INLINED}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const about = `Names of ${INLINED} ${version} are in this code.\nCopyright The OpenTelemetry Authors. ${license}:\n\n`;
  writeFileSync('dist/THIRD-PARTY-NOTICES', about + readFileSync(`${folder}/LICENSE`, 'utf8'));
}

/** A module is in the first of these chunks that reaches it; the ones after it import it from there. */
function chunkOf(chunks) {
  const owners = new Map();
  return (id, { getModuleInfo }) => {
    const take = (module, chunk) => {
      if (owners.has(module) || isPackage(module)) return;
      owners.set(module, chunk);
      for (const imported of getModuleInfo(module).importedIds) take(imported, chunk);
    };
    for (const [chunk, roots] of Object.entries(chunks))
      for (const root of roots) take(resolve(`src/${root}.ts`), chunk);
    return owners.get(id);
  };
}

function fail(warning) {
  throw new Error(
    `${warning.code}: ${warning.message}${warning.id ? ` in ${relative('.', warning.id)}` : ''}`,
  );
}
