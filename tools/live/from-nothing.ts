// npm run live:from-nothing [-- --print]
// Times how long a stranger waits: the packed package is installed into an empty folder with an empty cache of npm, eight
// lines run, and a browser opens the live page until it shows a denial. Writes its part of docs/live.md; --print shows it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSection, writtenBy } from '../../benchmarks/report/sections.js';
import { hostEnv, packedInto, run } from '../../test/foreign/packed.js';
import { launchChromium } from './browser.js';

const PAGE = fileURLToPath(new URL('../../docs/live.md', import.meta.url));
const SECTION = writtenBy('npm run live:from-nothing');
const PORT = 9464;
const LINES = `import { initObservability } from 'agent-os-observability';

const obs = initObservability({ serviceName: 'my-kernel' });
setInterval(() => {
  for (const action of ['read_rows', 'drop_table'])
    if (obs.policyCheck({ agentId: 'agent-1', action, policy: 'no-drops' }, () => action !== 'drop_table'))
      obs.execute({ agentId: 'agent-1', action }, () => 'done');
}, 1000);
`;

interface Waits {
  readonly installSeconds: number;
  readonly answersSeconds: number;
  readonly denialSeconds: number;
}

const since = (start: number): number => (performance.now() - start) / 1000;

function install(folder: string): number {
  const host = join(folder, 'host');
  mkdirSync(host);
  const tarball = packedInto(folder);
  run('npm', ['init', '-y'], host);
  const start = performance.now();
  run('npm', ['install', '--cache', join(folder, 'cache'), '--no-audit', '--no-fund', tarball], host);
  return since(start);
}

/** @throws Error where the port is taken, or the page does not show it within half a minute */
async function look(folder: string): Promise<Omit<Waits, 'installSeconds'>> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  const file = join(folder, 'host/kernel.mjs');
  writeFileSync(file, LINES);
  const start = performance.now();
  const kernel = spawn(process.execPath, [file], {
    cwd: join(folder, 'host'),
    env: hostEnv,
    stdio: 'ignore',
  });
  try {
    const url = `http://127.0.0.1:${PORT}/`;
    while (
      !(await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (kernel.exitCode !== null || since(start) > 30) throw new Error(`${url} does not answer`);
    }
    const answersSeconds = since(start);
    await page.goto(url);
    await page.getByText('drop_table').first().waitFor();
    return { answersSeconds, denialSeconds: since(start) };
  } finally {
    kernel.kill('SIGKILL');
    await browser.close();
  }
}

const { values } = parseArgs({ options: { print: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'agent-os-from-nothing-'));
try {
  const [load] = loadavg() as [number, ...number[]];
  const waits: Waits = { installSeconds: install(folder), ...(await look(folder)) };
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const blocks = [
    `\`\`\`js\n${LINES}\`\`\``,
    `| From an empty folder, the machine's load ${load.toFixed(1)} | |\n| --- | ---: |\n` +
      `| \`npm install agent-os-observability\`, with an empty cache of npm | ${seconds(waits.installSeconds)} |\n` +
      `| \`node kernel.mjs\`, until the page answers | ${seconds(waits.answersSeconds)} |\n` +
      `| until Chromium shows the first denial on it, the second that the lines wait for included | ${seconds(waits.denialSeconds)} |`,
  ];
  if (values.print) console.log(blocks.join('\n\n'));
  else await writeSection(PAGE, SECTION, blocks);
} finally {
  rmSync(folder, { recursive: true });
}
