// npm run collector:check -- base backends/jaeger …
// Says what a Collector with these files will run, or everything that is wrong with them, before it starts.
// Exit code 0: fine. 1: the configuration, the environment or the Collector objects. 2: no such file, no YAML.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConfiguration, reportText } from './check-configuration.js';
import { readConfiguration } from './configuration-file.js';
import { findOtelcol, validate } from './otelcol.js';
import { problemsText, UsageError } from './problems.js';

const FOLDER = fileURLToPath(new URL('../../otel-collector', import.meta.url));
const USAGE = 'usage: npm run collector:check -- base backends/jaeger [more files, in the order of --config]';

async function main(names: readonly string[]): Promise<number> {
  if (names.length === 0) throw new UsageError(USAGE);
  const files = readConfiguration(names, FOLDER);
  const report = checkConfiguration(files, process.env);
  if (report.problems.length > 0) {
    console.error(problemsText(report.problems));
    return 1;
  }
  console.log(reportText(report, files, process.env));

  const configs = files.map(({ path }) => path);
  const short = configs.map((path) => `--config ${relative(process.cwd(), path)}`);
  console.log(`Start: otelcol ${short.join(' ')}`);
  const otelcol = await findOtelcol(process.env);
  if (otelcol === undefined) {
    console.log(
      'No Collector here to ask (OTELCOL names one): the settings of its components are not checked.',
    );
    return 0;
  }
  const { accepted, missing, said } = validate(otelcol.path, configs, process.env);
  if (accepted) {
    console.log(`Accepted by ${otelcol.path}`);
    return 0;
  }
  if (missing.length > 0 && !otelcol.named) {
    console.log(
      `${otelcol.path} has no ${missing.join(', ')}: this runs in the contrib image only, unchecked here.`,
    );
    return 0;
  }
  console.error(`${otelcol.path} refuses this configuration:\n${said}`);
  return 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 2;
  },
);
