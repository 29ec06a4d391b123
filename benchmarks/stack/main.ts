// npm run bench:stack [-- --seconds 20] [--only traces|metrics] [--print]
// Spans and series through the real stack, beside a Collector that only receives. Writes its section of
// docs/benchmarks.md, and the sizing of docs/scaling.md that follows; --print only shows it. Linux, for /proc.
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nativeBinaries } from '../../tools/native-stack/native-binaries.js';
import { STACK, writeSection } from '../report/sections.js';
import { pointBatch, spanBatch } from './batch.js';
import { measure, type Measurement } from './measure.js';
import { SCENARIOS } from './scenarios.js';
import { stackBlocks } from './section.js';
import { sizingTable } from './sizing.js';

const BENCHMARKS = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const SCALING = fileURLToPath(new URL('../../docs/scaling.md', import.meta.url));
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
const report = { measurements, batches, seconds, load };
const blocks = stackBlocks(report);
if (values.only === undefined && !values.print) {
  await writeSection(BENCHMARKS, STACK, blocks);
  await writeSection(SCALING, STACK, [sizingTable(report)]);
} else console.log(blocks.join('\n\n'));
