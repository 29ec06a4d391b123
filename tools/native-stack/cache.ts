// Where a program's binaries are: one folder for each set of pins, so that a change of any pin is a new build and going
// back is none.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PINNED, toolchain, type Toolchain } from './go.js';
import { cacheRoot, programFolder } from './paths.js';
import { binariesOf, PROGRAMS, type BinaryName, type Program } from './programs.js';

const PINS = /\.(mod|sum|go|yaml)$/;

/** Arguments of `go build` that decide what a binary is. */
export function buildFlags({ tags, linkerVariables }: Program): string[] {
  const variables = Object.entries(linkerVariables).map(([name, value]) => `-X ${name}=${value}`);
  return [`-tags=${tags.join(',')}`, `-ldflags=${['-s -w', ...variables].join(' ')}`];
}

/** Twelve hexadecimal digits of everything that a build depends on. */
export function cacheKey(
  program: Program,
  { version, platform }: Pick<Toolchain, 'version' | 'platform'> = toolchain(),
): string {
  const hash = createHash('sha256');
  const { binaries } = program;
  hash.update(JSON.stringify([version, platform, PINNED, program.version, binaries, buildFlags(program)]));
  const folder = programFolder(program);
  for (const file of readdirSync(folder)
    .filter((name) => PINS.test(name))
    .sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** `<cache>/<program>-<key>`: there is such a folder only when its build is complete. */
export function programCache(program: Program): string {
  return join(cacheRoot(), `${program.name}-${cacheKey(program)}`);
}

export function isBuilt(program: Program): boolean {
  const folder = join(programCache(program), 'bin');
  return binariesOf(program).every((binary) => existsSync(join(folder, binary)));
}

/** Where this binary is, or will be once `npx tsx tools/native-stack/build.ts` has run. */
export function binaryPath(binary: BinaryName): string {
  const program = PROGRAMS.find(({ binaries }) => binaries[binary] !== undefined)!;
  return join(programCache(program), 'bin', binary);
}
