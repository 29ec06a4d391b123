import { writeFileSync } from 'node:fs';
import { initObservability, VERSION, type Observability } from '../../src/index.js';
import { Demo } from './demo.js';
import { FlagsError, helpText, parseFlags, type Flags } from './flags.js';
import { interruption } from './interruption.js';
import { accepts, otlpEndpoint } from './otlp-endpoint.js';
import { RecordingError } from './recording.js';
import { Screen } from './screen.js';
import { TraceTree } from './trace-tree.js';
import { workloadOf, type Workload } from './workload.js';

/** Exit codes, as usual: 1 is a failure, 2 a command line that cannot be used. */
const FAILED = 1;
const MISUSED = 2;

async function main(args: readonly string[]): Promise<number> {
  let flags: Flags;
  let workload: Workload;
  try {
    flags = parseFlags(args);
    if (flags.help) {
      console.log(helpText());
      return 0;
    }
    workload = workloadOf(flags);
    // Better now than after the run.
    if (flags.counts !== undefined) writeFileSync(flags.counts, '');
  } catch (error) {
    if (!isMisuse(error)) throw error;
    console.error(error.message);
    return MISUSED;
  }

  const screen = new Screen();
  const endpoint = otlpEndpoint();
  const collector = await accepts(endpoint);
  const obs = observabilityOf(flags, collector ? endpoint : undefined, screen);
  try {
    return await run(flags, workload, obs, screen, collector ? `${endpoint} (OTLP)` : treesInstead(endpoint));
  } finally {
    await obs.shutdown();
  }
}

async function run(
  flags: Flags,
  workload: Workload,
  obs: Observability,
  screen: Screen,
  traces: string,
): Promise<number> {
  let metricsUrl: string | undefined;
  let liveUrl: string | undefined;
  try {
    ({ metricsUrl, liveUrl } = await obs.ready);
  } catch {
    // Why is said already, on the same stream.
    console.error(`Free port ${flags.port}, or take any free one: npm run demo -- --port 0`);
    return FAILED;
  }
  const look = metricsUrl === undefined ? undefined : `curl -s ${metricsUrl}`;
  screen.print(
    [
      ...(liveUrl === undefined ? [] : [`live page ${liveUrl}`]),
      `Governed: ${workload.description}; ${paceText(flags.rate)}. Ctrl-C ends it with a summary.`,
      `metrics   ${look ?? 'none, for OTEL_SDK_DISABLED is set'}`,
      `traces    ${traces}`,
      '',
    ].join('\n'),
  );

  const stop = interruption();
  const demo = new Demo(obs, flags, screen);
  try {
    await demo.run(workload, stop);
    const same = demo.writeCounts(workload);
    screen.print(`\n${demo.summary()}`);
    if (same !== undefined) {
      screen.print(
        `\nA bare policy engine decided ${same ? 'the same' : 'OTHERWISE'} about the same calls: see ${flags.counts}`,
      );
    }
    if (look) screen.print(`\nLook further while it runs: ${look} | grep -E '^(agent_os|amb|gen_ai)_'`);
    await demo.linger(stop);
    return same === false ? FAILED : 0;
  } finally {
    await demo.close();
  }
}

function observabilityOf(flags: Flags, endpoint: string | undefined, screen: Screen): Observability {
  return initObservability({
    serviceName: 'agent-os-demo',
    serviceVersion: VERSION,
    environment: 'demo',
    policyMode: 'strict',
    prometheus: { port: flags.port },
    ...(endpoint === undefined
      ? { otlp: false, traces: { spanProcessors: [new TraceTree((text) => screen.print(`${text}\n`))] } }
      : { otlp: { endpoint } }),
    // Ctrl-C ends the demo with a summary, see interruption.ts.
    signalHandlers: false,
  });
}

const isMisuse = (error: unknown): error is Error =>
  error instanceof FlagsError ||
  error instanceof RecordingError ||
  (error as { syscall?: unknown }).syscall === 'open';

const treesInstead = (endpoint: string) =>
  `nothing accepts a connection on ${endpoint}, so the first requests are printed as trees`;

const paceText = (rate: number) => (rate === 0 ? 'unpaced' : `${rate} calls a second`);

process.exitCode = await main(process.argv.slice(2));
