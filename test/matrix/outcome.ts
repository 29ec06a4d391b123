import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostEnv } from '../foreign/packed.js';
import { freePort } from '../support/free-port.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import type { Host } from './host.js';
import type { Row } from './rows.js';

/** What a host has to show, in this order. */
export const CHECKS = ['page', 'span', 'shutdown', 'second start', 'end'] as const;
export type Check = (typeof CHECKS)[number];

export interface Outcome {
  /** Those of the row that did as they should. */
  readonly works: ReadonlySet<Check>;
  /** What the host printed. */
  readonly output: string;
}

/** A program starts again and ends by itself; a server ends when it is told to, which is its shutdown. */
export const checksOf = (row: Row): readonly Check[] =>
  row.server ? CHECKS.filter((check) => check !== 'second start') : CHECKS;

const LONGEST_MILLIS = 30_000;
const SPAN = 'span-of-the-host';
const SERIES = [/^agent_os_kernel_crashes_total 1$/m, /^host_acts_total(\{.*\})? 1$/m];

export async function outcomeOf(row: Row, host: Host): Promise<Outcome> {
  if (row.server) return served(row.server, host.folder);
  const works = new Set<Check>(CHECKS);
  let output = '';
  for (const program of row.programs ?? ['program.mjs', 'program.cjs']) {
    const one = await ran([...host.command, program], host.folder);
    for (const check of CHECKS) if (!one.works.has(check)) works.delete(check);
    output += `${program}\n${one.output}`;
  }
  return { works, output };
}

async function ran([program = '', ...args]: readonly string[], cwd: string): Promise<Outcome> {
  const receiver = await startOtlpReceiver();
  try {
    const env = await environment(receiver.url);
    const { ended, output } = await new Promise<{ ended: boolean; output: string }>((done) => {
      const options = { cwd, env, timeout: LONGEST_MILLIS, killSignal: 'SIGKILL' } as const;
      execFile(program, args, options, (error, stdout, stderr) =>
        done({ ended: error === null, output: stdout + stderr }),
      );
    });
    const works = new Set(CHECKS.filter((check) => output.includes(`works: ${check}\n`)));
    const names = new Set(receiver.spans.map(({ name }) => name));
    if (names.has(`${SPAN}-1`) && names.has(`${SPAN}-2`)) works.add('span');
    if (ended) works.add('end');
    return { works, output };
  } finally {
    await receiver.close();
  }
}

async function served([name = '', ...args]: readonly string[], cwd: string): Promise<Outcome> {
  const receiver = await startOtlpReceiver();
  const works = new Set<Check>();
  let output = '';
  try {
    const env = await environment(receiver.url);
    const port = await freePort();
    const binary = join(cwd, 'node_modules/.bin', name);
    const child = spawn(binary, [...args, String(port)], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    const exit = once(child, 'exit');
    const sent = (): number => receiver.spans.filter((span) => span.name === SPAN).length;
    const act = `http://127.0.0.1:${port}/act`;
    try {
      await found(`200 of ${act}`, () => bodyOf(act));
      const page = await bodyOf(`http://127.0.0.1:${env.MATRIX_PORT}/metrics`);
      if (SERIES.every((series) => series.test(page ?? ''))) works.add('page');
      await found('span', async () => sent() === 1 || undefined);
      works.add('span');
      await bodyOf(act);
      child.kill('SIGTERM');
      await Promise.race([exit, sleep(LONGEST_MILLIS, undefined, { ref: false })]);
      if (child.exitCode !== null || child.signalCode !== null) works.add('end');
      if (sent() === 2) works.add('shutdown');
    } finally {
      child.kill('SIGKILL');
    }
  } catch (error) {
    output += String(error);
  } finally {
    await receiver.close();
  }
  return { works, output };
}

async function environment(receiver: string): Promise<Record<string, string | undefined>> {
  const port = String(await freePort());
  return {
    ...hostEnv,
    // Short, so that a span need not wait for the end; long enough to have one that waits at the end.
    OTEL_BSP_SCHEDULE_DELAY: '2000',
    NEXT_TELEMETRY_DISABLED: '1',
    NEXT_MANUAL_SIG_HANDLE: 'true',
    MATRIX_PORT: port,
    MATRIX_RECEIVER: receiver,
    MATRIX_SPAN: SPAN,
  };
}

/** What is looked for, as soon as it is there. */
async function found<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + LONGEST_MILLIS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > until) throw new Error(`no ${what} within ${LONGEST_MILLIS} ms`);
    await sleep(50);
  }
}

async function bodyOf(url: string): Promise<string | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? response.text() : undefined;
}
