// tsx tools/collector/validate-all.ts
// Every combination of files, checked here and by a real Collector: the one that OTELCOL names, or the native stack's.
// A component that this Collector has not is named, and no failure. Exit code 1 when a combination is refused.
import { fileURLToPath } from 'node:url';
import { checkConfiguration } from './check-configuration.js';
import { combinations, SAMPLE_ENVIRONMENT } from './combinations.js';
import { readConfiguration } from './configuration-file.js';
import { findOtelcol, validate } from './otelcol.js';
import { problemsText } from './problems.js';

const FOLDER = fileURLToPath(new URL('../../otel-collector', import.meta.url));
// From the caller only what a program needs to start: a variable of the configuration would change what is checked.
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...SAMPLE_ENVIRONMENT };

const otelcol = await findOtelcol(process.env);
if (otelcol === undefined) {
  console.error(
    'There is no Collector: npx tsx tools/native-stack/build.ts --only collector, or set OTELCOL.',
  );
  process.exit(2);
}
console.log(`By ${otelcol.path}`);
for (const names of combinations(FOLDER)) {
  const files = readConfiguration(names, FOLDER);
  const { problems } = checkConfiguration(files, env);
  const { accepted, missing, said } = validate(
    otelcol.path,
    files.map(({ path }) => path),
    env,
  );
  const outcome =
    problems.length > 0
      ? problemsText(problems)
      : accepted
        ? 'accepted'
        : missing.length > 0
          ? `not in this Collector: ${missing.join(', ')}`
          : `refused: ${said}`;
  if (problems.length > 0 || (!accepted && missing.length === 0)) process.exitCode = 1;
  console.log(`${outcome.split('\n')[0]!.padEnd(46)} ${names.join(' + ')}`);
  if (outcome.includes('\n')) console.log(outcome);
}
