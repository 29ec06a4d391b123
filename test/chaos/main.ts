// npm run chaos [-- --minutes N --seed N --workers N --without KIND,… --only KIND,… --no-report]
// A host, Prometheus and a collector on loopback, and everything that can happen to them; see settings.ts.
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { reportPage, reportText } from './report.js';
import { ChaosRun } from './run.js';
import { readSettings, USAGE, UsageError } from './settings.js';

const page = (workers: number): string =>
  fileURLToPath(new URL(`../../docs/chaos${workers > 1 ? '-processes' : ''}.md`, import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/esm/index.js', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const settings = readSettings(args);
  if (!existsSync(DIST)) throw new UsageError('The package must be built first: npm run build.');
  const { minutes, seed, workers, kinds } = settings;
  console.log(
    `${minutes} minutes, seed ${seed}, ${workers} process${workers > 1 ? 'es' : ''}: ${kinds.join(', ')}`,
  );
  const busy = loadavg()[0]! / availableParallelism();
  if (busy > 0.8)
    console.log(
      `The machine is busy (load ${busy.toFixed(1)} a core): scrapes may fail for that reason alone.`,
    );
  const result = await new ChaosRun(settings, (line) => console.log(line)).run();
  console.log(`\n${reportText(result)}`);
  if (settings.report) {
    const filepath = page(workers);
    const options = { ...(await resolveConfig(filepath)), filepath };
    writeFileSync(filepath, await format(reportPage(result), options));
  }
  return result.verdicts.every(({ holds }) => holds) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error & { code?: string }) => {
    const known = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
    console.error(known ? `${error.message}\n\n${USAGE}` : error);
    process.exit(1);
  },
);
