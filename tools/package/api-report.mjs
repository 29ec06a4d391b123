// Writes the public API of each entry point to docs/api; with `--check`, fails where the committed one differs, and where
// a type is used that no entry point's reader can name. Needs `npm run build` before.
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryPoints } from './entry-points.mjs';

const check = process.argv.includes('--check');
const root = resolve(import.meta.dirname, '../..');
const configuration = ExtractorConfig.loadFile(resolve(root, 'api-extractor.json'));
const reports = entryPoints().map(({ subpath, module }) => ({
  module,
  file: `${subpath === '.' ? 'index' : subpath.slice(2).replaceAll('/', '-')}.api.md`,
}));

let failed = false;
for (const { module, file } of reports) {
  const { succeeded } = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: resolve(root, 'api-extractor.json'),
      packageJsonFullPath: resolve(root, 'package.json'),
      configObject: {
        ...configuration,
        mainEntryPointFilePath: resolve(root, `dist/cjs/${module}.d.ts`),
        apiReport: { ...configuration.apiReport, reportFileName: file },
      },
    }),
    { localBuild: !check },
  );
  console.log(`${succeeded ? 'ok    ' : 'FAILED'}  ${file}`);
  failed ||= !succeeded;
}

const known = new Set(reports.map(({ file }) => file));
for (const file of readdirSync(resolve(root, 'docs/api'))) {
  if (known.has(file)) continue;
  if (!check) rmSync(resolve(root, 'docs/api', file));
  console.log(`${check ? 'FAILED' : 'gone  '}  ${file}: no entry point has this name`);
  failed ||= check;
}
process.exitCode = failed ? 1 : 0;
