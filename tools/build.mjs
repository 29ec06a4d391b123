// dist/cjs has all code, bundled to few files: at start-up each file costs. dist/esm names its exports for `import`. So a
// process has one copy of it, however it is loaded. Packages stay imports. Types are tsc's, a file for each source.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

process.chdir(resolve(import.meta.dirname, '..'));
rmSync('dist', { recursive: true, force: true });
console.log('tsc -p tsconfig.esm.json');
const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.esm.json'];
execFileSync(process.execPath, tsc, { stdio: 'inherit' });
cpSync('dist/esm', 'dist/cjs', { recursive: true });

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports)
  .flatMap((target) => target.require?.default ?? [])
  .map((path) => /^\.\/dist\/cjs\/(.+)\.js$/.exec(path)[1]);
const APART = ['semconv/index', 'governance/agt/index', 'testing/index'];
const LOADERS = 'load-sdk/require';
const loaded = readFileSync(`src/${LOADERS}.ts`, 'utf8').matchAll(/\brequire\('\.\.\/(.+)\.js'\)/g);
const later = [...loaded].map(([, module]) => module);

const bundleOf = (module) => module.replace(/\/index$/, '').replaceAll('/', '-');
/** A module is in the first of these that reaches it; the ones after it import it from there. */
const bundles = [
  ['semconv', ['semconv/index']],
  ['main', entries.filter((entry) => !APART.includes(entry))],
  ...later.map((module) => [bundleOf(module), [module]]),
  ['governance', ['governance/agt/index']],
  ['testing', ['testing/index']],
];
const owners = new Map(later.map((module) => [module, bundleOf(module)]));

/** Leaves each import from another bundle as `bundle#module`. */
const otherBundles = (name) => ({
  name: 'other-bundles',
  setup(plugin) {
    plugin.onResolve({ filter: /^(\.|#load-sdk$)/ }, ({ path, resolveDir }) => {
      const file = path === '#load-sdk' ? resolve(`src/${LOADERS}.js`) : resolve(resolveDir, path);
      const module = relative('src', file).replace(/\.js$/, '');
      const owner = owners.get(module) ?? name;
      if (owner === name) return { path: resolve(`src/${module}.ts`) };
      return { path: `${owner}#${module}`, external: true };
    });
  },
});

async function bundle(name, modules) {
  const exported = modules.map((module) => `export * as '${module}' from './src/${module}.js';`);
  return build({
    stdin: { contents: exported.join('\n'), resolveDir: '.', sourcefile: `dist/cjs/bundles/${name}.js` },
    outfile: `dist/cjs/bundles/${name}.js`,
    bundle: true,
    format: 'cjs',
    banner: { js: "'use strict';" }, // as ES modules are
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    write: false,
    plugins: [otherBundles(name)],
  });
}

console.log('esbuild');
mkdirSync('dist/cjs/bundles');
for (const [name, reachedFrom] of bundles) {
  const { metafile } = await bundle(name, reachedFrom);
  const modules = Object.keys(metafile.inputs).flatMap((path) => /^src\/(.+)\.ts$/.exec(path)?.[1] ?? []);
  for (const module of modules) owners.set(module, name);
  const { outputFiles } = await bundle(name, modules);
  for (const { path, text } of outputFiles) {
    // A getter for each name, at each use, is what calls of the API would wait for. All is evaluated by then: copied.
    const NAMESPACE = /= (?:__toESM\()?(require\("(?:[\w-]+#[^"]+|@opentelemetry\/api)"\))\)?;/g;
    const plain = text.replace(NAMESPACE, '= { ...$1 };');
    const other = later.map(bundleOf).find((one) => one !== 'pipelines' && plain.includes(`"${one}#`));
    if (other && reachedFrom.some((module) => later.includes(module)))
      throw new Error(`${name} would load ${other}: import what both need in src/pipelines.ts`);
    writeFileSync(path, plain.replace(/require\("([\w-]+)#([^"]+)"\)/g, 'require("./$1.js")["$2"]'));
  }
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');

// Node finds the names of a CommonJS module by reading its text, and of each that it exports again. So an entry is small,
// and its bundle is not seen.
for (const entry of entries) {
  const file = `dist/cjs/${entry}.js`;
  const from = relative(dirname(file), `dist/cjs/bundles/${owners.get(entry)}.js`).replace(/^(?!\.)/, './');
  const names = Object.keys(createRequire(resolve(file))(from)[entry]);
  const lines = [
    `'use strict';`,
    `Object.defineProperty(exports, '__esModule', { value: true });`,
    `const entry = require('${from}')['${entry}'];`,
    ...names.map((name) => `exports.${name} = entry.${name};`),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const beside = relative(`dist/esm/${dirname(entry)}`, file);
  writeFileSync(`dist/esm/${entry}.js`, `export { ${names.join(', ')} } from '${beside}';\n`);
}
