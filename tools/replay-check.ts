// Replays recorded tool calls through the demo and compares what /metrics counts with what a bare policy engine, asked
// here without any instrumentation, decides about the same file. Also: every metric of the contract is on the page, and
// promtool has nothing to say.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { METRICS } from '../src/semconv/index.js';
import { parseExposition, type Family } from '../src/testing/parse-exposition.js';
import { NOT_IN_A_REPLAY, NOT_IN_THE_DEMO } from '../test/examples/demo/not-in-the-demo.js';
import { promtoolCheck } from '../test/support/independent-parsers.js';

const file = process.argv[2];
if (file === undefined) {
  console.error('usage: tsx tools/replay-check.ts FILE');
  process.exit(2);
}

type Counts = Record<string, number>;
const bump = (counts: Counts, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);

function bareEngine(): { decisions: Counts; requests: Counts; calls: number } {
  const engine = new PolicyEngine();
  engine.loadYaml(readFileSync(new URL('../examples/demo/policy.yaml', import.meta.url), 'utf8'));
  const decisions: Counts = {};
  const requests: Counts = {};
  const lines = readFileSync(file!, 'utf8').split('\n').filter(Boolean);
  for (const line of lines) {
    const { agent_id: agentId, action, outcome } = JSON.parse(line) as Record<string, string>;
    const verdict = engine.evaluatePolicy(agentId!, { action });
    bump(decisions, `${verdict.action} ${verdict.allowed ? 'allowed' : 'denied'}`);
    const status = !verdict.allowed ? 'denied' : outcome === 'ok' ? 'success' : 'error';
    bump(requests, `${action} ${status}`);
  }
  return { decisions, requests, calls: lines.length };
}

async function scrapeDemo(): Promise<string> {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const demo = new URL('../examples/demo/main.ts', import.meta.url).pathname;
  const args = [
    '--import',
    tsx,
    demo,
    '--replay',
    file!,
    '--once',
    '--rate',
    '0',
    '--port',
    '0',
    '--linger',
    '20',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      url ??= /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(line)?.[0];
      if (line.startsWith('Look further')) break;
    }
    if (url === undefined) throw new Error('the demo printed no address of its metrics page');
    await (await fetch(url)).text(); // the first scrape is measured, the second shows its time
    return await (await fetch(url)).text();
  } finally {
    child.kill();
  }
}

function counted(families: readonly Family[], metric: string, ...labels: string[]): Counts {
  const counts: Counts = {};
  for (const { labels: set, value } of families.find(({ name }) => name === metric)?.samples ?? []) {
    const key = labels.map((label) => set[label]).join(' ');
    if (value > 0) counts[key] = (counts[key] ?? 0) + value;
  }
  return counts;
}

const problems: string[] = [];
function compare(what: string, page: Counts, bare: Counts): void {
  for (const key of new Set([...Object.keys(page), ...Object.keys(bare)])) {
    if (page[key] !== bare[key])
      problems.push(`${what} ${key}: page ${page[key] ?? 0}, bare ${bare[key] ?? 0}`);
  }
}

const bare = bareEngine();
const text = await scrapeDemo();
const families = parseExposition(text);
compare(
  'decisions',
  counted(families, 'agent_os_policy_decisions_total', 'decision', 'enforced'),
  bare.decisions,
);
compare('requests', counted(families, 'agent_os_requests_total', 'action', 'status'), bare.requests);
const shown = new Set(families.map(({ name }) => name));
/** Nothing in the demo has more values than it may, either. */
const absent = [...NOT_IN_THE_DEMO, ...NOT_IN_A_REPLAY, 'agent_os_telemetry_overflowed_total'];
for (const name of Object.keys(METRICS)) {
  if (!shown.has(name) && !absent.includes(name)) problems.push(`${name} is not on the page`);
}
const promtool = promtoolCheck(text);
if (promtool !== undefined && promtool.status !== 0) problems.push(`promtool: ${promtool.output}`);

for (const problem of problems) console.error(problem);
console.log(
  `${bare.calls} calls: ${JSON.stringify(bare.decisions)}; ${problems.length} differences between page and bare engine` +
    `${promtool === undefined ? '; promtool is not installed' : '; promtool check metrics passed'}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
