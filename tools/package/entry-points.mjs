import { readFileSync } from 'node:fs';

const MANIFEST = new URL('../../package.json', import.meta.url);

/**
 * What package.json exports as code.
 *
 * @returns the subpath as it is imported (`.`, `./http/node`), and the module in src that it is built of (`http/node`)
 */
export function entryPoints() {
  const { exports } = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const module = /^\.\/dist\/cjs\/(.+)\.js$/.exec(target.default)?.[1];
    return module ? [{ subpath, module }] : [];
  });
}
