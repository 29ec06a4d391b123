// Installs the packed package into each host of this folder, and runs the host by Node.js 24, which SDK 3 and most agent
// frameworks need: npm run test:foreign [-- NAME…]. Needs `npm run build` before, and a registry.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost, nodeBinary, packedInto, ROOT, run } from './packed.js';

/** A host: what runs in its folder, where that is not host.mjs of it, and the example that belongs to it. */
interface Host {
  readonly programs?: readonly string[];
  /** What the programs run in processes of their own. */
  readonly children?: readonly string[];
  readonly example?: string;
}

const HOSTS: Readonly<Record<string, Host>> = {
  'sdk-3': {},
  'otel-sdk-2': { programs: ['otel-sdk.mjs'] },
  'otel-sdk-3': { programs: ['otel-sdk.mjs'] },
  langfuse: {},
  'ai-sdk-6': { programs: ['ai-sdk.mjs'] },
  'ai-sdk-7': {
    programs: ['ai-sdk.mjs', 'genai.mjs', 'one-trace.mjs'],
    children: ['ticket-server.mjs'],
    example: 'ai-sdk.mjs',
  },
  openai: { programs: ['openai.mjs'], children: ['openai-calls.mjs'] },
  mcp: { programs: ['mcp.mjs'], example: 'mcp.mjs' },
  'openai-agents': { programs: ['openai-agents.mjs'], example: 'openai-agents.mjs' },
  langchain: { programs: ['langchain.mjs'], example: 'langchain.mjs' },
  mastra: { programs: ['mastra.mjs'], example: 'mastra.mjs' },
};

const scratch = mkdtempSync(join(tmpdir(), 'foreign-'));

function runHost(name: string, node: string, packed: string): void {
  const { programs = [], children = [], example } = HOSTS[name] ?? {};
  const folder = join(scratch, name);
  installHost(name, folder, packed);
  for (const file of ['frameworks.mjs', ...programs, ...children])
    cpSync(join(import.meta.dirname, file), join(folder, file));
  if (example !== undefined) cpSync(join(ROOT, 'examples/frameworks', example), join(folder, 'example.mjs'));
  run(
    node,
    [
      '--test',
      '--test-force-exit',
      '--test-timeout=30000',
      ...(programs.length > 0 ? programs : ['host.mjs']),
    ],
    folder,
  );
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
