// npm run bench:sdk-3: spans of the packed package beside those of OpenTelemetry SDK 3, by Node.js 24, which SDK 3 needs.
// Needs `npm run build` before, and a registry.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost, nodeBinary, packedInto, run } from '../../test/foreign/packed.js';

const scratch = mkdtempSync(join(tmpdir(), 'bench-sdk-3-'));
try {
  const host = join(scratch, 'host');
  installHost('sdk-3', host, packedInto(scratch));
  cpSync(join(import.meta.dirname, 'span.mjs'), join(host, 'span.mjs'));
  process.stdout.write(run(nodeBinary(), ['span.mjs'], host));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
