import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configProblems } from '../../prometheus/src/config.js';
import { runChild } from '../support/child.js';

const ROOT = join(__dirname, '../..');
const WRITTEN = ['prometheus/rules', 'grafana/dashboards', 'grafana/provisioning/datasources'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operators-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function written(name: string, config?: object): Promise<Map<string, string>> {
  const out = join(folder, name);
  const args = ['--out', out];
  if (config !== undefined) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    args.push('--config', file);
  }
  const child = runChild(join(ROOT, 'tools/operators/write.ts'), { args });
  expect({ ...(await child.exited), stderr: child.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return filesIn(out);
}

function filesIn(root: string): Map<string, string> {
  const paths = WRITTEN.flatMap((part) => readdirSync(join(root, part)).map((name) => join(part, name)));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

test('what operators deploy is what the checkout has, where nothing is set', async () => {
  expect(await written('defaults')).toEqual(filesIn(ROOT));
});

test('addresses, data sources and thresholds of an operator are everywhere, and the defaults nowhere', async () => {
  const files = await written('own', {
    runbooksUrl: 'https://runbooks.example.org/agent-os',
    grafanaUrl: 'https://grafana.example.org',
    jaegerUrl: 'https://jaeger.example.org',
    prometheusUid: 'mimir-of-ours',
    jaegerUid: 'tempo-of-ours',
    victoriaLogsUid: 'logs-of-ours',
    thresholds: { AgentOSHighViolationRate: { ratio: 0.0321 } },
  });
  const text = [...files.values()].join('\n');
  expect(text).toContain('"https://runbooks.example.org/agent-os" }}/AgentOSHighViolationRate.md');
  expect(text).toContain('"https://grafana.example.org" }}/d/agent-os-overview');
  expect(text).toContain('tempo-of-ours');
  expect(text).toContain('"mimir-of-ours"');
  expect(text).toContain('"logs-of-ours"');
  expect(files.get('prometheus/rules/kernel.yml')).toContain('> 0.0321');
  expect(text).not.toContain('127.0.0.1');
  expect(text).not.toMatch(/[uU]id: (prometheus|jaeger|victoria-logs)$/m);
  expect(decodeURIComponent(text.replace(/%(?![\dA-F]{2})/g, '%25'))).not.toContain('"uid":"jaeger"');
});

test('where Prometheus is another, rules and panels count by functions that all have', async () => {
  const files = await written('portable', { counting: 'portable' });
  expect([...files.values()].join('\n')).not.toContain('anchored');
  for (const name of readdirSync(join(ROOT, 'prometheus/rules-portable')))
    expect(files.get(`prometheus/rules/${name}`)).toBe(
      readFileSync(join(ROOT, 'prometheus/rules-portable', name), 'utf8'),
    );
});

test('every file that Docker Compose mounts is written', async () => {
  await written('compose');
  const compose = readFileSync(join(folder, 'compose/docker-compose.yml'), 'utf8');
  const mounted = [...compose.matchAll(/- \.\/([\w./-]+?):/g)].map(([, path]) => path as string);
  expect(mounted.length).toBeGreaterThan(5);
  const missing = mounted.filter((path) => !existsSync(join(folder, 'compose', path)));
  expect(missing.filter((path) => !path.startsWith('prometheus/alertmanager/secrets'))).toEqual([]);
});

test('settings that cannot be used are all named at once', () => {
  const problems = configProblems({
    runbookUrl: 'https://runbooks.example.org',
    grafanaUrl: 'grafana',
    jaegerUid: '',
    counting: 'guessed',
    thresholds: { AgentOSHighViolationRate: { ratio: '1%', for: 5, share: 1 }, Unknown: {} },
  });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'runbookUrl',
    'grafanaUrl',
    'jaegerUid',
    'counting',
    'thresholds.AgentOSHighViolationRate.ratio',
    'thresholds.AgentOSHighViolationRate.for',
    'thresholds.AgentOSHighViolationRate.share',
    'thresholds.Unknown',
  ]);
});
