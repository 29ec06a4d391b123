// Installs the packed package into each host of this folder that has an OpenTelemetry of its own, and runs the host by
// Node.js 24, which SDK 3 needs: npm run test:foreign [-- NAME…]. Needs `npm run build` before, and a registry.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost, nodeBinary, packedInto, run } from './packed.js';

const HOSTS = ['sdk-3', 'otel-sdk-2', 'otel-sdk-3', 'langfuse'];

const scratch = mkdtempSync(join(tmpdir(), 'foreign-'));

function runHost(name: string, node: string, packed: string): void {
  const folder = join(scratch, name);
  installHost(name, folder, packed);
  if (!existsSync(join(folder, 'host.mjs')))
    cpSync(join(import.meta.dirname, 'otel-sdk.mjs'), join(folder, 'host.mjs'));
  run(node, ['--test', '--test-force-exit', '--test-timeout=30000', 'host.mjs'], folder);
}

const asked = process.argv.slice(2);
try {
  const node = nodeBinary();
  const packed = packedInto(scratch);
  for (const name of asked.length > 0 ? asked : HOSTS) {
    try {
      runHost(name, node, packed);
      console.log(`ok      ${name}`);
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      console.log(`FAILED  ${name}\n${stdout}${stderr}${stdout || stderr ? '' : String(error)}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
