import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compileBenchmarks } from './build.js';
import { expectMeasured } from './goals/goal.js';
import { GOALS } from './goals/index.js';
import { Progress } from './harness/progress.js';
import { expectedSeconds, runSuite, type SuiteResult } from './harness/run-suite.js';
import { BUDGETS } from './harness/subject.js';
import { machineFacts } from './report/machine.js';
import { reportPage } from './report/page.js';
import { FLEET, sectionOf, STACK, withSection } from './report/sections.js';
import { SUITES } from './suites/index.js';

const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const USAGE = `npm run bench [-- --quick] [--write] [--suite <name>]…

Measures the built package beside its peers and writes docs/benchmarks.md.

  --quick          few and short rounds; shows the page and writes it only with --write
  --suite <name>   only this suite, and shows it: ${Object.keys(SUITES).join(', ')}
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    suite: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
});
const names = values.suite ?? Object.keys(SUITES);
const unknown = names.filter((name) => !(name in SUITES));
const partial = names.length < Object.keys(SUITES).length;
if (values.help || unknown.length > 0 || (partial && values.write)) {
  if (unknown.length > 0) console.error(`no such suite: ${unknown.join(', ')}`);
  if (partial && values.write) console.error('a page of some suites is not written');
  console.error(USAGE);
  process.exit(values.help ? 0 : 2);
}

const budget = BUDGETS[values.quick ? 'quick' : 'full'];
const facts = machineFacts();
const { subject: program } = await compileBenchmarks();
const suites = await Promise.all(
  Object.entries(SUITES)
    .filter(([name]) => names.includes(name))
    .map(([, load]) => load()),
);
expectMeasured(GOALS, suites);
const progress = new Progress(suites.reduce((sum, suite) => sum + expectedSeconds(suite, budget), 0));

const results: SuiteResult[] = [];
for (const suite of suites) {
  progress.begin(suite.name, expectedSeconds(suite, budget));
  results.push(await runSuite(suite, budget, program));
}
progress.end();

const page = await reportPage({ facts, results }, PAGE);
if (values.write || (!values.quick && !partial)) {
  const old = readFileSync(PAGE, 'utf8');
  const whole = [STACK, FLEET].reduce((text, one) => withSection(text, one, sectionOf(old, one)), page);
  writeFileSync(PAGE, whole);
  console.error('wrote docs/benchmarks.md');
} else console.log(page);
