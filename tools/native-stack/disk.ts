// What a build will take, said and checked before it starts.
import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Toolchain } from './go.js';
import { NativeStackError, type Program } from './programs.js';

const MB = 1024 * 1024;
/** For the binaries themselves and what a linker writes beside them, a program. */
const OUTPUT_MB = 300;

interface Need {
  readonly what: string;
  readonly folder: string;
  readonly mb: number;
}

/**
 * What building these programs takes, for a person to read.
 *
 * @throws {NativeStackError} When a disk has not so much space.
 */
export function checkDisk(programs: readonly Program[], go: Toolchain, output: string): string {
  const sum = (megabytes: (program: Program) => number): number =>
    programs.reduce((total, program) => total + megabytes(program), 0);
  const needs: Need[] = [
    {
      what: 'Go modules to download',
      folder: go.moduleCache,
      mb: sum((program) => (isDownloaded(program, go) ? 0 : program.cost.modulesMb)),
    },
    { what: 'Go build cache', folder: go.buildCache, mb: sum(({ cost }) => cost.buildMb) },
    { what: 'binaries', folder: output, mb: programs.length * OUTPUT_MB },
  ];
  for (const disk of byDisk(needs)) {
    if (disk.freeMb < disk.mb)
      throw new NativeStackError(
        `Building needs up to ${gb(disk.mb)} on the disk of ${disk.folders.join(', ')}; ${gb(disk.freeMb)} are free.` +
          ' GOMODCACHE, GOCACHE and XDG_CACHE_HOME may name folders on another; --only builds less.',
      );
  }
  const minutes = sum(({ cost }) => cost.minutes);
  const list = programs.map(({ name, version }) => `${name} ${version}`).join(', ');
  const lines = needs.map(({ what, folder, mb }) => `  up to ${gb(mb)} ${what}, in ${folder}`);
  return [`To build: ${list}. About ${minutes} min on two cores. It takes`, ...lines].join('\n');
}

/** Whether the release itself is in the module cache; its dependencies then are, too, but for a broken download. */
function isDownloaded({ module }: Program, { moduleCache }: Toolchain): boolean {
  return existsSync(join(moduleCache, module));
}

function byDisk(needs: readonly Need[]): { folders: string[]; mb: number; freeMb: number }[] {
  const disks = new Map<number, { folders: string[]; mb: number; freeMb: number }>();
  for (const { folder, mb } of needs) {
    const there = nearestExisting(folder);
    const { bavail, bsize } = statfsSync(there);
    const { dev } = statSync(there);
    const disk = disks.get(dev) ?? { folders: [], mb: 0, freeMb: Math.floor((bavail * bsize) / MB) };
    disks.set(dev, { ...disk, folders: [...disk.folders, folder], mb: disk.mb + mb });
  }
  return [...disks.values()];
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

function gb(mb: number): string {
  return `${(mb / 1024).toFixed(1)} GB`;
}
