import { execFile } from 'node:child_process';
import { writeFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { TestStack } from '../../test/e2e/support/test-stack.js';
import type { Batch } from './batch.js';
import type { LoadResult, LoadSettings } from './load.js';
import type { Scenario } from './scenarios.js';

export interface Measurement {
  readonly scenario: Scenario;
  readonly sent: number;
  /** Requests that were refused at first. */
  readonly refused: number;
  /** From the first request to the last delivery. */
  readonly seconds: number;
  readonly delivered: number;
  readonly lost: number;
  readonly collector: Usage;
  readonly backend: Usage | undefined;
}

const LOOK_MILLIS = 200;
const DRAIN_MILLIS = 300_000;
const CONNECTIONS = 4;
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const PROGRAM = fileURLToPath(new URL('load.ts', import.meta.url));
const run = promisify(execFile);

/** Sends for some seconds, waits until all of it is through, and asks the programs what it took. */
export async function measure(scenario: Scenario, batch: Batch, seconds: number): Promise<Measurement> {
  const stack = await TestStack.create();
  try {
    const backend =
      scenario.backend === undefined
        ? undefined
        : scenario.backend === 'Jaeger'
          ? await stack.startJaeger()
          : await stack.startPrometheus({ interval: '15s' });
    const env = { COLLECTOR_DECISION_WAIT: '10s', KERNEL_SCRAPE_INTERVAL: '15s', ...scenario.env };
    const collector = await stack.startCollector({ files: scenario.files, env });
    const started = performance.now();
    const load = await send(stack, batch, seconds);
    await drained(stack, scenario, load.accepted * batch.traces);
    const whole = (performance.now() - started) / 1000;
    return {
      scenario,
      sent: load.accepted * batch.items,
      refused: load.refused,
      // Of what nobody waits for, only the sending counts.
      seconds: scenario.exporter === undefined && batch.traces === 0 ? load.seconds : whole,
      delivered: await exported(stack, scenario, 'sent'),
      lost: await losses(stack, scenario),
      collector: usageOf(collector.pid),
      backend: backend && usageOf(backend.pid),
    };
  } finally {
    await stack.close();
  }
}

async function send(stack: TestStack, batch: Batch, seconds: number): Promise<LoadResult> {
  const file = join(stack.folder('load'), 'request.bin');
  writeFileSync(file, batch.body);
  const settings: LoadSettings = {
    url: `${stack.otlpUrl}${batch.path}`,
    file,
    offsets: batch.offsets,
    kind: batch.traces > 0 ? 'identifiers' : 'times',
    seconds,
    connections: CONNECTIONS,
  };
  const { stdout } = await run(process.execPath, ['--import', LOADER, PROGRAM, JSON.stringify(settings)]);
  return JSON.parse(stdout) as LoadResult;
}

/** Until the sampler has decided all traces and the queue is empty. */
async function drained(stack: TestStack, scenario: Scenario, traces: number): Promise<void> {
  const { exporter, files } = scenario;
  const deadline = Date.now() + DRAIN_MILLIS;
  const samples = files.includes('base') && traces > 0;
  let before = -1;
  for (;;) {
    const decided = samples
      ? await stack.collectorMetric('otelcol_processor_tail_sampling_global_count_traces_sampled_total')
      : traces;
    const waiting =
      exporter === undefined ? 0 : await stack.collectorMetric('otelcol_exporter_queue_size', { exporter });
    const delivered = await exported(stack, scenario, 'sent');
    if (decided >= traces && waiting === 0 && delivered === before) return;
    if (Date.now() > deadline)
      throw new Error(`${scenario.name}: ${decided} of ${traces} traces decided, ${waiting} waiting`);
    before = delivered;
    await delay(LOOK_MILLIS);
  }
}

/** Metrics that the queue refuses are sent again by whoever sent them; of traces nobody is left to do that. */
async function losses(stack: TestStack, scenario: Scenario): Promise<number> {
  const failed = await exported(stack, scenario, 'send_failed');
  return scenario.signal === 'metrics'
    ? failed
    : failed + (await exported(stack, scenario, 'enqueue_failed'));
}

async function exported(
  stack: TestStack,
  { exporter, signal }: Scenario,
  what: 'sent' | 'send_failed' | 'enqueue_failed',
): Promise<number> {
  if (exporter === undefined) return 0;
  const items = signal === 'traces' ? 'spans' : 'metric_points';
  return stack.collectorMetric(`otelcol_exporter_${what}_${items}_total`, { exporter });
}

/** Of Linux: others have no /proc. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  readonly cpuSeconds: number;
  /** The most that was resident since the start. */
  readonly peakMiB: number;
}

export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may have blanks in it: the state is the first, utime the 12th, stime the 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    peakMiB: peakKiB / 1024,
  };
}
