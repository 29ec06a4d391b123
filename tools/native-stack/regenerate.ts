// tsx tools/native-stack/regenerate.ts [--only collector,jaeger]
// Writes go.mod and go.sum of each program for the release that programs.ts names, and the Collector's sources from its
// manifest. Needs Go and the network; the files are committed, so that a build needs neither this nor fresh decisions.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GO, goEnvironment } from './go.js';
import { programFolder } from './paths.js';
import { PROGRAMS, programsNamed, type Program } from './programs.js';

/** go.sum must do for every machine that people build on, not just for this one. */
const PLATFORMS = ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64'];

function go(program: Program, args: string[], platform?: string): string {
  return execFileSync(GO, args, {
    cwd: programFolder(program),
    env: {
      ...goEnvironment(platform === undefined ? undefined : { platform }),
      GOFLAGS: '-buildvcs=false -trimpath -mod=mod',
    },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function collectorSources(program: Program): void {
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${program.version}`;
  go(program, ['run', builder, '--config', 'builder.yaml', '--skip-compilation']);
}

function toolModule(program: Program): void {
  const folder = programFolder(program);
  const release = program.module.split('@')[1]!;
  writeFileSync(
    join(folder, 'go.mod'),
    `// Written by tools/native-stack/regenerate.ts.\n\nmodule agent-os-observability/tools/native-stack/${program.name}\n\ngo 1.24.0\n`,
  );
  if (program.sumsFromRelease === true) {
    const { Dir } = JSON.parse(go(program, ['mod', 'download', '-json', program.module])) as { Dir: string };
    writeFileSync(join(folder, 'go.sum'), readFileSync(join(Dir, 'go.sum')));
  }
  for (const [from, to] of Object.entries({ ...program.replacements, ...ownModules(program) }))
    go(program, ['mod', 'edit', `-replace=${from}=${to}`]);
  go(program, ['get', '-tool', ...Object.values(program.binaries).map((path) => `${path}@${release}`)]);
}

/** What the release requires at v0.0.0, which is nowhere published, and what stands for it. */
function ownModules(program: Program): Record<string, string> {
  const { ownModules: version } = program;
  if (version === undefined) return {};
  const { GoMod } = JSON.parse(go(program, ['mod', 'download', '-json', program.module])) as {
    GoMod: string;
  };
  const required = [...readFileSync(GoMod, 'utf8').matchAll(/^\t(\S+) v0\.0\.0$/gm)];
  return Object.fromEntries(required.map(([, path]) => [path!, `${path}@${version}`]));
}

const { values } = parseArgs({ options: { only: { type: 'string' } } });
for (const program of values.only === undefined ? PROGRAMS : programsNamed(values.only.split(','))) {
  console.log(`${program.name} ${program.version}`);
  for (const file of ['go.mod', 'go.sum']) rmSync(join(programFolder(program), file), { force: true });
  if (program.name === 'collector') collectorSources(program);
  else toolModule(program);
  for (const platform of PLATFORMS) {
    const tags = `-tags=${program.tags.join(',')}`;
    go(program, ['list', '-deps', tags, ...Object.values(program.binaries)], platform);
  }
}
