// Which files of src a call really executes, by V8's own count of function calls: npx tsx tools/architecture/files-executed.ts
import { Session, type Profiler } from 'node:inspector';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import type { initObservability } from '../../src/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What is followed through the files, in the order of ARCHITECTURE.md. */
export const JOURNEYS = ['measurement', 'scrape', 'span'] as const;
export type Journey = (typeof JOURNEYS)[number];

/**
 * Runs each journey once and gives the files of src whose functions it called, below src, by name. A measurement is one
 * `recordViolation` of a new series, a span is one `tracer.execute` from its start to the answer of a receiver, a scrape is
 * one GET of the page over HTTP, from the request to the last byte.
 */
export async function filesExecuted(): Promise<Record<Journey, string[]>> {
  const folder = compiledFileByFile();
  const require = createRequire(import.meta.url);
  const index = require(join(folder, 'index.js')) as { initObservability: typeof initObservability };
  const receiver = await startedReceiver();
  const { port } = receiver.address() as AddressInfo;
  const obs = index.initObservability({
    serviceName: 'architecture',
    prometheus: { port: 0 },
    otlp: { endpoint: `http://127.0.0.1:${port}` },
    diagnostics: 'none',
    signalHandlers: false,
    shutdownTimeoutMillis: 100,
  });
  const { metricsUrl = '' } = await obs.ready;
  const about = (agent: number) => ({ agentId: `support-${agent}`, action: 'delete_file' });
  const journeys: Record<Journey, (turn: number) => unknown> = {
    measurement: (turn) => obs.kernel.recordViolation({ ...about(turn), policy: 'files', severity: 'high' }),
    scrape: async () => (await fetch(metricsUrl, { headers: { connection: 'close' } })).text(),
    span: async (turn) => {
      obs.tracer.execute(about(turn), () => true);
      await obs.forceFlush();
    },
  };
  const coverage = new CallCoverage(folder);
  try {
    const executed = {} as Record<Journey, string[]>;
    for (const journey of JOURNEYS) {
      await journeys[journey](1); // what is made when it is first needed, as a connection, is there before anything is counted
      coverage.take();
      await journeys[journey](2);
      executed[journey] = coverage.take();
    }
    return executed;
  } finally {
    coverage.end();
    await obs.shutdown();
    receiver.close();
    rmSync(folder, { recursive: true });
  }
}

/** Takes every request, and answers with an empty message. */
async function startedReceiver(): Promise<Server> {
  const server = createServer((request, response) => request.resume().on('end', () => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The sources, each compiled by itself, as one copy of them that Node loads as it would load the package. */
function compiledFileByFile(): string {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.architecture-'));
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  buildSync({
    entryPoints: sources.filter((path) => path.endsWith('.ts')).map((path) => join(ROOT, 'src', path)),
    outdir: folder,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  return folder;
}

/** V8's counts of calls. Posting to the inspector of the own thread is synchronous: nothing else runs in between. */
class CallCoverage {
  private readonly session = new Session();

  constructor(private readonly folder: string) {
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** Files of src that have a function which was called since the last time. */
  take(): string[] {
    let scripts: Profiler.ScriptCoverage[] = [];
    this.session.post('Profiler.takePreciseCoverage', (_, { result }) => (scripts = result));
    const files = scripts
      .filter(({ url }) => url.startsWith(pathToFileURL(this.folder).href))
      .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
      .map(({ url }) => relative(this.folder, fileURLToPath(url)).replace(/\.js$/, '.ts'));
    return [...new Set(files)].sort();
  }

  end(): void {
    this.session.disconnect();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const executed = await filesExecuted();
  if (process.argv.includes('--json')) console.log(JSON.stringify(executed));
  else
    for (const journey of JOURNEYS) {
      console.log(`${journey}: ${executed[journey].length} files of src`);
      for (const file of executed[journey]) console.log(`  ${file}`);
    }
}
