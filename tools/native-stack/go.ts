// The Go toolchain, and the environment every Go command gets: nothing a machine sets may change what is built.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programFolder } from './paths.js';
import { NativeStackError, type Program } from './programs.js';

/** Looked up on PATH. */
export const GO = 'go';

export interface Toolchain {
  /** As `1.26.8`. */
  readonly version: string;
  /** As `linux/amd64`. */
  readonly platform: string;
  readonly moduleCache: string;
  readonly buildCache: string;
}

const INSTEAD =
  'Without Go, run the stack from images: docker compose up -d. Go is at https://go.dev/dl and in the package managers.';

/** Whatever the machine's own settings are. Part of the cache's key. */
export const PINNED = {
  CGO_ENABLED: '0',
  GOFLAGS: '-buildvcs=false -trimpath -mod=readonly',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

/**
 * -mod=readonly: what go.mod and go.sum do not pin is an error, never a download. For this machine, whatever GOOS says:
 * the binaries run here.
 */
export function goEnvironment({ platform }: Pick<Toolchain, 'platform'> = toolchain()): NodeJS.ProcessEnv {
  const [GOOS, GOARCH] = platform.split('/');
  return { ...process.env, ...PINNED, GOOS, GOARCH };
}

let found: Toolchain | undefined;

/** @throws {NativeStackError} When there is no Go on this machine. */
export function toolchain(): Toolchain {
  found ??= askGo();
  return found;
}

function askGo(): Toolchain {
  const names = ['GOVERSION', 'GOHOSTOS', 'GOHOSTARCH', 'GOMODCACHE', 'GOCACHE'];
  const { error, status, stdout, stderr } = spawnSync(GO, ['env', ...names], {
    cwd: tmpdir(), // outside any module: one that asks for a newer Go would be refused
    env: { ...process.env, ...PINNED },
    encoding: 'utf8',
  });
  if (error !== undefined) throw new NativeStackError(`There is no go command here. ${INSTEAD}`);
  if (status !== 0) throw new NativeStackError(`go env failed: ${stderr.trim()}`);
  const [version = '', os = '', arch = '', moduleCache = '', buildCache = ''] = stdout.split('\n');
  return { version: version.replace(/^go/, ''), platform: `${os}/${arch}`, moduleCache, buildCache };
}

/** @throws {NativeStackError} When a program's go.mod asks for a newer Go. */
export function checkGoVersion(program: Program, has: Toolchain = toolchain()): void {
  const goMod = readFileSync(join(programFolder(program), 'go.mod'), 'utf8');
  const wanted = /^go (\S+)$/m.exec(goMod)?.[1] ?? '';
  if (wanted.localeCompare(has.version, 'en', { numeric: true }) > 0)
    throw new NativeStackError(
      `${program.name} ${program.version} needs Go ${wanted}; here is Go ${has.version}. ${INSTEAD}`,
    );
}
