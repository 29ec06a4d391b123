import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../support/bundle.js';
import { runChild } from '../support/child.js';

let folder = '';
let host = '';
let worker = '';
beforeAll(async () => {
  const cache = join(__dirname, '../../.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'workers-'));
  const scripts = ['workers-host.ts', 'worker.ts'].map((name) => join(__dirname, 'children', name));
  [host = '', worker = ''] = await bundled(scripts, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function pagesOf(kind: string, scenario: string): Promise<Record<string, number>[]> {
  const child = runChild(host, { args: [kind, scenario, worker] });
  await child.exited;
  return child.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
}

const ALL = {
  work_total: 111,
  took_count: 3,
  level: 6,
  largest: 3,
  agent_os_kernel_crashes_total: 3,
  agent_os_kernel_info: 1,
};

test.each(['cluster', 'server', 'forks', 'threads'])(
  'every page of several workers shows all of them: %s',
  async (kind) => {
    expect(await pagesOf(kind, 'count')).toEqual([ALL, ALL, ALL, ALL]);
  },
);

test('the primary of a cluster can be one of them', async () => {
  const pages = await pagesOf('cluster', 'primary-too');
  expect(pages[0]).toMatchObject({ work_total: 1111, level: 6, agent_os_kernel_info: 1 });
});

test.each(['cluster', 'server', 'threads'])(
  'a worker that is killed loses no more than what it had not reported: %s',
  async (kind) => {
    const last = (await pagesOf(kind, 'kill-follower')).at(-1)!;
    expect(last).toMatchObject({ level: 4, largest: 3 });
    expect([111, 121]).toContain(last['work_total']);
  },
);

test.each(['cluster', 'server', 'threads'])(
  'when the worker that serves is killed, another serves, and no total falls: %s',
  async (kind) => {
    const [before, after] = (await pagesOf(kind, 'kill-aggregator')).slice(-2);
    expect(before).toMatchObject({ work_total: 111, took_count: 3, level: 5 });
    expect(after).toMatchObject({ work_total: 1111, took_count: 4, level: 5 });
  },
);

test('a worker that exits at once has reported all it counted', async () => {
  const last = (await pagesOf('cluster', 'exit')).at(-1)!;
  expect(last).toMatchObject({ work_total: 1111, took_count: 4, level: 4 });
});

test('a rolling restart of all workers lets no total fall', async () => {
  const pages = (await pagesOf('cluster', 'rolling')).slice(-3);
  expect(pages.map((page) => page['work_total'])).toEqual([1112, 2113, 3114]);
  expect(pages.at(-1)).toMatchObject({ took_count: 9, agent_os_kernel_info: 1 });
});
