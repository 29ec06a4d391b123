import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as api from '@opentelemetry/api';
import * as conventions from '@opentelemetry/semantic-conventions';
import { transform } from 'esbuild';

export const API = '@opentelemetry/api';
const API_NAMES = '\0api-names';
export const TARGET = 'node20';

/** Holds names alone: those that a source imports are put in instead. */
export const INLINED = '@opentelemetry/semantic-conventions';
const INLINED_IMPORT = new RegExp(`import \\{([^}]+)\\} from '${INLINED}';`, 'g');

/** The same source with constants where it imports names of the semantic conventions; each line stays in its place. */
function withNamesInlined(source) {
  return source.replace(INLINED_IMPORT, (statement, list) => {
    const names = list.split(',').flatMap((name) => name.trim() || []);
    const missing = names.filter((name) => typeof conventions[name] !== 'string');
    if (missing.length > 0) throw new Error(`${INLINED} has no ${missing.join()}`);
    const constants = names.map((name) => `${name} = ${JSON.stringify(conventions[name])}`);
    return `const ${constants.join(', ')};${statement.replace(/[^\n]/g, '')}`;
  });
}

/** For esbuild; the other bundler has it in `typescript`. */
export const inlinedNames = {
  name: 'inlined-names',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]src[\\/].+\.ts$/ }, ({ path }) => ({
      contents: withNamesInlined(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** Compiles the sources, and finds them by the `.js` that they import. */
export const typescript = {
  name: 'typescript',
  async resolveId(path, importer) {
    if (importer === undefined || !path.startsWith('.')) return null;
    return resolve(importer, '..', path.replace(/\.js$/, '.ts'));
  },
  async transform(code, id) {
    if (!id.endsWith('.ts')) return null;
    const define = { 'import.meta.url': '__filename' }; // as the output is CommonJS
    const name = { sourcemap: true, sourcefile: basename(id) };
    const options = { loader: 'ts', target: TARGET, minifyWhitespace: true, ...name, define }; // the map has the source
    return transform(withNamesInlined(code), options);
  },
};

/**
 * In CommonJS, each name of the API is read once. Its exports are getters: read at each use, recording would be a tenth
 * slower.
 */
export const readApiOnce = {
  name: 'read-api-once',
  resolveId(path, importer) {
    if (path !== API) return null;
    return importer === API_NAMES ? { id: API, external: true } : API_NAMES;
  },
  load(id) {
    if (id !== API_NAMES) return null;
    const names = Object.keys(api).filter((name) => name !== 'default' && name !== 'module.exports');
    const lines = names.map((name) => `export const ${name} = api.${name};`);
    return {
      code: [`import * as api from '${API}';`, ...lines].join('\n'),
      moduleSideEffects: false,
    };
  },
};
