import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
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
    const options = { loader: 'ts', target: TARGET, sourcemap: 'inline', sourcefile: basename(id), define };
    // Comments of class members go with the white space alone; that comes back. They were a twelfth of the code.
    const bare = await transform(withNamesInlined(code), { ...options, minifyWhitespace: true });
    return transform(bare.code, { target: TARGET, sourcemap: true, sourcefile: basename(id) });
  },
};

/**
 * Source maps that name the file and the line of a place. Columns are two thirds of a map; the sources would be a third of
 * the package, and the code beside the map can be read as it is.
 */
export const mapsOfLines = {
  name: 'maps-of-lines',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (!file.fileName.endsWith('.js.map')) continue;
      const map = JSON.parse(file.source);
      delete map.sourcesContent;
      const mappings = encode(decode(map.mappings).map(linesOf));
      file.source = JSON.stringify({ ...map, names: [], mappings });
    }
  },
};

/** Of the places in one line, those at which another line of the sources begins. */
function linesOf(places) {
  return places.flatMap(([column, source, line], index) => {
    const [, sourceBefore, lineBefore] = places[index - 1] ?? [];
    return source === sourceBefore && line === lineBefore ? [] : [[column, source, line, 0]];
  });
}

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
    lines.push('export default api.default;');
    return {
      code: [`import * as api from '${API}';`, ...lines].join('\n'),
      moduleSideEffects: false,
    };
  },
};
