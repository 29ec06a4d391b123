// Two plain tsc passes: ESM and CommonJS. The formats differ in one file, how src/sdk is loaded when first needed: the
// alias #load-sdk stands for it in the sources and becomes the format's own file here.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LOADERS = { esm: 'load-sdk/import-meta.js', cjs: 'load-sdk/require.js' };
const tsc = new URL('../node_modules/typescript/bin/tsc', import.meta.url).pathname;

rmSync('dist', { recursive: true, force: true });
for (const [format, loader] of Object.entries(LOADERS)) {
  console.log(`tsc -p tsconfig.${format}.json`);
  execFileSync(process.execPath, [tsc, '-p', `tsconfig.${format}.json`], { stdio: 'inherit' });
  for (const file of readdirSync(join('dist', format), { recursive: true }).filter((name) =>
    name.endsWith('.js'),
  )) {
    const path = join('dist', format, file);
    const code = readFileSync(path, 'utf8');
    const specifier = relative(dirname(path), join('dist', format, loader)).replace(/^(?!\.)/, './');
    if (code.includes('#load-sdk'))
      writeFileSync(path, code.replace(/(["'])#load-sdk\1/, `$1${specifier}$1`));
  }
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
