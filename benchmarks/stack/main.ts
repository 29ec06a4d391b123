// npm run bench:stack [-- --seconds 20] [--only traces|metrics] [--print]
// Spans and series through the real stack, beside a Collector that only receives. Writes its section of
// docs/benchmarks.md; --print only shows it. Linux, for /proc.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { nativeBinaries } from '../../tools/native-stack/native-binaries.js';
import { pointBatch, spanBatch } from './batch.js';
import { measure, type Measurement } from './measure.js';
import { SCENARIOS } from './scenarios.js';
import { stackSection, withSection } from './section.js';

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    only: { type: 'string' },
    print: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const load = loadavg()[0]!;

await nativeBinaries();
const batches = { traces: await spanBatch(), metrics: await pointBatch() };
const scenarios = SCENARIOS.filter(({ signal }) => values.only === undefined || signal === values.only);
const measurements: Measurement[] = [];
for (const [index, scenario] of scenarios.entries()) {
  console.error(`[${index + 1} of ${scenarios.length}] ${scenario.signal}: ${scenario.name}`);
  measurements.push(await measure(scenario, batches[scenario.signal], seconds));
}
const section = stackSection({ measurements, batches, seconds, load });
const whole = values.only === undefined && !values.print;
const options = { ...(await resolveConfig(PAGE)), filepath: PAGE };
if (whole) {
  writeFileSync(PAGE, await format(withSection(readFileSync(PAGE, 'utf8'), section), options));
  console.error('wrote docs/benchmarks.md');
} else console.log(await format(section, options));
