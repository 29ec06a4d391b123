// Installs the packed package into each host of this folder, and runs the host by Node.js 24, which SDK 3 and most agent
// frameworks need: npm run test:foreign [-- NAME…]. Needs `npm run build` before, and a registry.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost, nodeBinary, packedInto, ROOT, run } from './packed.js';

/** A host: what runs in its folder, where that is not host.mjs of it, and the example that belongs to it. */
interface Host {
  readonly program?: string;
  readonly example?: string;
}

const HOSTS: Readonly<Record<string, Host>> = {
  'sdk-3': {},
  'otel-sdk-2': { program: 'otel-sdk.mjs' },
  'otel-sdk-3': { program: 'otel-sdk.mjs' },
  langfuse: {},
  'ai-sdk-6': { program: 'ai-sdk.mjs' },
  'ai-sdk-7': { program: 'ai-sdk.mjs', example: 'ai-sdk.mjs' },
  mcp: { program: 'mcp.mjs', example: 'mcp.mjs' },
  'openai-agents': { program: 'openai-agents.mjs', example: 'openai-agents.mjs' },
  langchain: { program: 'langchain.mjs', example: 'langchain.mjs' },
  mastra: { program: 'mastra.mjs', example: 'mastra.mjs' },
};

const scratch = mkdtempSync(join(tmpdir(), 'foreign-'));

function runHost(name: string, node: string, packed: string): void {
  const { program, example } = HOSTS[name] ?? {};
  const folder = join(scratch, name);
  installHost(name, folder, packed);
  cpSync(join(import.meta.dirname, 'frameworks.mjs'), join(folder, 'frameworks.mjs'));
  if (program !== undefined) cpSync(join(import.meta.dirname, program), join(folder, 'host.mjs'));
  if (example !== undefined) cpSync(join(ROOT, 'examples/frameworks', example), join(folder, 'example.mjs'));
  run(node, ['--test', '--test-force-exit', '--test-timeout=30000', 'host.mjs'], folder);
}

const asked = process.argv.slice(2);
try {
  const node = nodeBinary();
  const packed = packedInto(scratch);
  for (const name of asked.length > 0 ? asked : Object.keys(HOSTS)) {
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
