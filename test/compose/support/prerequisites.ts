// What a Docker engine of the test's own needs of a machine. It has a network, mounts and process ids to itself, so that
// it takes no port, leaves no bridge behind, and is gone whole when its first process ends.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where packages put what only root runs, whatever the shell's PATH is. */
export const PATH = ['/usr/local/sbin', '/usr/sbin', '/sbin', process.env.PATH ?? ''].join(delimiter);

/** Each program, and the package of Debian that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  dockerd: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  'docker-proxy': 'docker.io',
  busybox: 'busybox-static',
  tar: 'tar',
};

export const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];

/** The exit code of a run that was none, since the engine cannot run here. */
export const NOT_RUN = 77;

export function programPath(name: string): string | undefined {
  return PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What keeps an engine from running here, a line each; none when all is there. */
export function whatIsMissing(): string[] {
  if (process.platform !== 'linux') return ['a Docker engine needs Linux'];
  if (process.getuid!() !== 0) return ['a Docker engine of its own needs root'];
  const missing = Object.entries(PROGRAMS).filter(([name]) => programPath(name) === undefined);
  if (missing.length > 0)
    return missing.map(([name, debian]) => `there is no ${name}; on Debian the package ${debian} has it`);
  const { status, stderr } = spawnSync('unshare', [...NAMESPACES, 'true'], { encoding: 'utf8' });
  return status === 0 ? [] : [`namespaces of its own are refused: ${stderr.trim()}`];
}
