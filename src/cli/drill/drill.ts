import { resolve } from 'node:path';
import { number, text, UsageError, type Given, type Io } from '../command.js';
import { addressesOf, endpointOf } from '../doctor/addresses.js';
import { Folder, makeFolder } from '../files/folder.js';
import { drillKernel } from './kernel.js';
import { KINDS } from './kinds.js';
import { reportLines, reportPage, type Report } from './report.js';
import { required } from './stack-hops.js';

export async function run(called: Given, io: Io): Promise<number> {
  const [drill = ''] = called.positionals;
  if (!Object.hasOwn(KINDS, drill))
    throw new UsageError(`there is no drill ${JSON.stringify(drill)}, only ${Object.keys(KINDS).join(', ')}`);
  const kind = KINDS[drill]!;
  const stack = required(addressesOf(called));
  const endpoint = endpointOf(called);
  const timeout = number(called, 'timeout', 120, 1);
  const folder = new Folder(resolve(io.cwd, text(called, 'out') ?? 'drills'));
  makeFolder(folder.path);

  const startedAt = new Date().toISOString();
  const kernel = await drillKernel(endpoint, kind.cuts, io);
  let report: Report;
  try {
    const outcome = await kind.run(kernel, stack, timeout);
    report = { drill, startedAt, instance: kernel.id, held: outcome.failed === undefined, ...outcome };
  } finally {
    await kernel.close();
  }
  const name = `${drill}-${startedAt.replace(/[:.]/g, '-')}`;
  folder.write(`${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  folder.write(`${name}.md`, reportPage(report));
  if (called.flags['json'] === true) io.out(JSON.stringify(report, undefined, 2));
  else for (const line of [...reportLines(report), `report: ${folder.path}/${name}.md`]) io.out(line);
  return report.held ? 0 : 1;
}
