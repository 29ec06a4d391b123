// Two plain tsc passes: ESM and CommonJS. The loader of the other format is left out of each.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

const tsc = new URL('../node_modules/typescript/bin/tsc', import.meta.url).pathname;

rmSync('dist', { recursive: true, force: true });
for (const format of ['esm', 'cjs']) {
  console.log(`tsc -p tsconfig.${format}.json`);
  execFileSync(process.execPath, [tsc, '-p', `tsconfig.${format}.json`], { stdio: 'inherit' });
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
