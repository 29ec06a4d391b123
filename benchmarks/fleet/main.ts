// npm run bench:fleet [-- --kernels 50] [--agents 200] [--raw-hours 2] [--save FILE] [--from FILE] [--before FILE] [--print]
// Rules, panels and variables over fleets of kernels. Writes its section of docs/benchmarks.md, and the table of
// docs/scaling.md that follows; --print only shows it, as does a run of other fleets. --save keeps the figures, to be the
// column "before" of a later run; --from takes the figures of runs that kept them, instead of measuring. Linux, for /proc; Go, for the storage.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FLEET, writeSection } from '../report/sections.js';
import { recordedSeries } from './discover.js';
import { measure, type FleetResult } from './measure.js';
import { SCRAPE_SECONDS, TEMPLATES, templateScrapes } from './plan.js';
import { fleetBlocks } from './section.js';
import { fleetSizing } from './sizing.js';
import { seriesOf } from './traffic.js';
import { buildWriter } from './write-storage.js';

const FLEETS = ['10', '50', '100'];
const page = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const BEFORE = fileURLToPath(new URL('before.json', import.meta.url));

const { values } = parseArgs({
  options: {
    kernels: { type: 'string', multiple: true },
    agents: { type: 'string', default: '200' },
    'raw-hours': { type: 'string', default: '2' },
    save: { type: 'string' },
    from: { type: 'string', multiple: true },
    before: { type: 'string', default: BEFORE },
    print: { type: 'boolean', default: false },
  },
});
const started = performance.now();
const say = (line: string): void => {
  const seconds = Math.round((performance.now() - started) / 1000);
  console.error(`[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}] ${line}`);
};
const agents = Number(values.agents);
const rawHours = Number(values['raw-hours']);
const kept = (file: string): FleetResult[] => JSON.parse(readFileSync(file, 'utf8')) as FleetResult[];

async function measured(): Promise<FleetResult[]> {
  const results: FleetResult[] = [];
  const data = mkdtempSync(join(tmpdir(), 'agent-os-fleet-'));
  try {
    say('building the writer of the storage');
    const program = buildWriter(data);
    say(`${TEMPLATES} kernels at work`);
    const templates = [];
    for (let seed = 1; seed <= TEMPLATES; seed += 1)
      templates.push(
        await seriesOf({ seed, agents, scrapes: templateScrapes(rawHours), scrapeSeconds: SCRAPE_SECONDS }),
      );
    say('what the rules record of one');
    const recorded = await recordedSeries(program, { templates, rawHours }, join(data, 'one'));
    for (const kernels of (values.kernels ?? FLEETS).map(Number)) {
      say(`${kernels} kernels`);
      const spec = { kernels, rawHours, templates, recorded };
      const [load] = loadavg();
      results.push({ ...(await measure(program, spec, join(data, String(kernels)), say)), load: load! });
    }
    return results;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

const results = (values.from?.flatMap(kept) ?? (await measured())).sort((a, b) => a.kernels - b.kernels);

if (values.save !== undefined) writeFileSync(values.save, `${JSON.stringify(results, undefined, 2)}\n`);
const before = existsSync(values.before) ? kept(values.before) : [];
const blocks = fleetBlocks({ now: results, before }, agents);
if (values.kernels === undefined && values.save === undefined && !values.print) {
  await writeSection(page('benchmarks.md'), FLEET, blocks);
  await writeSection(page('scaling.md'), FLEET, fleetSizing(results));
} else console.log(blocks.join('\n\n'));
