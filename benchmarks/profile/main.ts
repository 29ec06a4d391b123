import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { compileBenchmarks } from '../build.js';
import { plainEnvironment } from '../harness/subject-process.js';
import { machineFacts } from '../report/machine.js';
import { profilePage, type ProfiledPath } from './page.js';
import { HOT_PATHS, SERIES } from './paths.js';
import type { HeldProfile, PathProfile } from './recorders.js';

const PAGE = fileURLToPath(new URL('../../docs/profile.md', import.meta.url));

const facts = machineFacts();
const { profile: program } = await compileBenchmarks();

async function inChild<T>(what: string): Promise<T> {
  console.error(`profiling: ${what}`);
  const child = fork(program, [what], { execArgv: ['--expose-gc'], env: plainEnvironment() });
  const answered = once(child, 'message').then(([message]) => message as T);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${what}: the process ended with ${code} and no profile`);
  });
  ended.catch(() => {}); // after the answer, its end is no failure
  return Promise.race([answered, ended]);
}

const paths: ProfiledPath[] = [];
for (const [name, { title, once: unit }] of Object.entries(HOT_PATHS))
  paths.push({ title, once: unit, ...(await inChild<PathProfile>(name)) });
const held = { series: SERIES, ...(await inChild<HeldProfile>('held')) };

const markdown = profilePage({ facts, paths, held });
writeFileSync(PAGE, await format(markdown, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
console.error('wrote docs/profile.md');
