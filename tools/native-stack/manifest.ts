// Whether the Collector's generated sources are of its manifest, as far as versions and module names tell.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programFolder } from './paths.js';
import { programsNamed } from './programs.js';

/** One sentence for each component that the manifest and the generated files disagree about. */
export function manifestProblems(
  folder: string = programFolder({ folder: 'collector' }),
  version: string = programsNamed(['collector'])[0]!.version,
): string[] {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const manifest = read('builder.yaml');
  const goMod = new Set(
    read('go.mod')
      .split('\n')
      .map((line) => line.trim()),
  );
  const sources = read('main.go') + read('components.go');
  const remedy = 'run npx tsx tools/native-stack/regenerate.ts --only collector';
  const problems: string[] = [];

  const listed = [...manifest.matchAll(/^\s*- gomod: (\S+) (v\S+)$/gm)].map(([, path, v]) => ({
    path: path!,
    v: v!,
  }));
  for (const { path, v } of listed) {
    if (!goMod.has(`${path} ${v}`) || !sources.includes(`"${path}"`))
      problems.push(`builder.yaml lists ${path} ${v}, the generated sources do not: ${remedy}.`);
  }
  for (const [, path] of sources.matchAll(
    /^\s*\w+ "(\S+(?:receiver|processor|exporter|connector|extension|provider)\/\w+)"$/gm,
  )) {
    if (!listed.some((component) => component.path === path))
      problems.push(`The generated sources have ${path}, builder.yaml does not: ${remedy}.`);
  }
  if (!manifest.includes(`\n  version: ${version}\n`))
    problems.push(`builder.yaml should build version ${version}, as programs.ts says.`);
  return problems;
}
