import cluster, { type Worker } from 'node:cluster';
import { type ChildProcess, fork } from 'node:child_process';
import { Worker as Thread } from 'node:worker_threads';
import { freePort } from '../../support/free-port.js';

/**
 * A primary with workers of one kind, which it has do what a scenario says; prints one line of JSON for each page it
 * asks for: workers-host.ts KIND SCENARIO WORKER
 */
const [, , kind = 'cluster', scenario = 'count', script = ''] = process.argv;
const mode = kind === 'server' ? 'server' : 'port';

/** One worker, of whichever kind. */
interface Hand {
  ask(line: string): Promise<string>;
  kill(signal: NodeJS.Signals): Promise<void>;
  readonly ended: Promise<void>;
}

const port = await freePort();
const page = `http://127.0.0.1:${port}/metrics`;

function start(): Promise<Hand> {
  if (kind === 'threads') return startThread();
  if (kind === 'forks') {
    return started(fork(script, [String(port), mode]));
  }
  cluster.setupPrimary({ exec: script, args: [String(port), mode] });
  return started(cluster.fork());
}

async function started(worker: ChildProcess | Worker): Promise<Hand> {
  const child = 'process' in worker ? worker.process : worker;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  await answerOf(worker);
  return {
    ask: async (line) => {
      const answer = answerOf(worker);
      worker.send(line);
      return answer;
    },
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}

function answerOf(worker: ChildProcess | Worker): Promise<string> {
  return new Promise(
    (resolve) => void (worker as ChildProcess).once('message', (text) => resolve(String(text))),
  );
}

async function startThread(): Promise<Hand> {
  const thread = new Thread(script, { argv: [String(port), mode] });
  const answer = (): Promise<string> =>
    new Promise((resolve) => void thread.once('message', (text) => resolve(String(text))));
  await answer();
  return {
    ask: (line) => {
      const answered = answer();
      thread.postMessage(line);
      return answered;
    },
    kill: async () => void (await thread.terminate()),
    ended: new Promise((resolve) => void thread.once('exit', () => resolve())),
  };
}

/** What the page shows; asked again while nobody has the port. */
async function show(): Promise<void> {
  for (;;) {
    try {
      const text = await (await fetch(page)).text();
      const values = Object.fromEntries(
        [
          ...text.matchAll(
            /^(work_total\{kind="a"\}|took_count|level|largest|agent_os_kernel_crashes_total|agent_os_kernel_info\S*) (\S+)$/gm,
          ),
        ].map(([, name, value]) => [name!.replace(/\{.*/, ''), Number(value)]),
      );
      return console.log(JSON.stringify(values));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

if (scenario === 'primary-too') {
  const { initObservability } = await import('../../../src/index.js');
  const { metrics } = await import('@opentelemetry/api');
  const obs = initObservability({ serviceName: 'workers', prometheus: { port }, otlp: false });
  await obs.ready;
  metrics.getMeter('host').createCounter('work').add(1000, { kind: 'a' });
}
const first = await start();
await first.ask('ready'); // it serves
const [second, third] = await Promise.all([start(), start()]);
const workers = [first, second, third];
for (const worker of workers) await worker.ask('ready');
for (const [i, worker] of workers.entries()) {
  await worker.ask(`level ${i + 1}`);
  await worker.ask(`add ${10 ** i}`);
}
for (let scrapes = 0; scrapes < 4; scrapes++) await show();

if (scenario === 'kill-follower') {
  await second.ask('flush'); // all it has is reported
  await second.ask('add 10');
  await second.kill('SIGKILL');
  await show();
}
if (scenario === 'kill-aggregator') {
  await first.kill('SIGKILL');
  await show();
  await third.ask('add 1000');
  await show();
}
if (scenario === 'exit') {
  await second.ask('add 1000');
  void second.ask('exit');
  await second.ended;
  await show();
}
if (scenario === 'rolling') {
  for (const old of workers) {
    const fresh = await start();
    await fresh.ask('ready');
    await old.ask('add 1');
    await old.ask('shutdown');
    await old.kill('SIGTERM');
    await fresh.ask('add 1000');
    await show();
  }
}
process.exit(0);
