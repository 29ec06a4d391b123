import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { hostEnv, packageBinary, ROOT } from '../foreign/packed.js';

const LONGEST_MILLIS = 20 * 60_000;

/** What the core tests of the checkout say under a release of Node.js. */
export function coreTests(wanted: string): { readonly cell: string; readonly output: string } {
  const node = packageBinary(wanted);
  const jest = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--selectProjects', 'core', '--ci'];
  // A test may start `node` by name.
  const env = { ...hostEnv, PATH: `${join(node, '..')}:${process.env.PATH}` };
  try {
    const options = { cwd: ROOT, env, timeout: LONGEST_MILLIS, maxBuffer: 1 << 26 } as const;
    execFileSync(node, jest, { ...options, stdio: 'pipe', encoding: 'utf8' });
    return { cell: 'ok', output: '' };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
    const failed = /^Tests: +(\d+) failed/m.exec(stderr)?.[1];
    return { cell: failed === undefined ? 'failed' : `${failed} failed`, output: stderr + stdout };
  }
}
