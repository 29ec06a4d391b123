import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from './programs.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The folder of a program's go.mod, go.sum and, for the Collector, manifest and generated sources. */
export function programFolder({ folder }: Pick<Program, 'folder'>): string {
  return join(HERE, folder);
}

/** Outside the checkout: checkouts share it, and a clean one finds its binaries. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'agent-os-observability', 'native-stack');
}
