// A host under chaos: starts the built package, loads it, starts it again when told to, and ends by itself.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostCommand, HostMessage, HostSettings } from '../messages.js';
import { Tally } from '../random.js';
import { Life } from './life.js';

const ADDED_MILLIS = 500;

const settings = JSON.parse(process.argv[2]!) as HostSettings;
const tally = new Tally();
const loopDelay = monitorEventLoopDelay({ resolution: 5 });
let life: Life;
let quiet = false;
const timers: NodeJS.Timeout[] = [];

function say(message: HostMessage): void {
  if (process.connected) process.send!(message);
}

function failed(what: string): void {
  say({ say: 'failed', what });
}

process.on('uncaughtException', (error, origin) => failed(`${origin}: ${error?.stack ?? String(error)}`));

async function begin(): Promise<void> {
  life = new Life(settings, tally, failed);
  // One of several workers may find the port taken: who asks the page will tell.
  await life.obs.ready.catch(() => {});
  say({ say: 'up', life: life.id, at: Date.now(), added: life.added });
}

async function reload(): Promise<void> {
  quiet = true;
  const ended = life;
  const end = await ended.settle();
  say({ say: 'down', at: Date.now() });
  await ended.obs.shutdown();
  // Whoever keeps what it got from an earlier start may go on using it.
  ended.tick();
  say({ say: 'ended', ...end });
  await begin();
  quiet = false;
}

/** Nothing is made any more, and the page stays until the end: what is seen from outside can be compared. */
async function silence(): Promise<void> {
  quiet = true;
  clearInterval(timers[0]);
  say({ say: 'ended', ...(await life.settle()) });
  say({ say: 'quiet' });
}

async function end(): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  loopDelay.disable();
  say({
    say: 'finished',
    done: tally.counts,
    delayP99Millis: loopDelay.percentile(99) / 1e6,
    delayMaxMillis: loopDelay.max / 1e6,
  });
  await life.obs.shutdown();
  process.disconnect();
}

function heldBytes(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on('message', ({ do: what }: HostCommand) => {
  const run = { reload, quiet: silence, end }[what];
  run().catch((error: Error) => failed(`${what}: ${error.stack}`));
});

await begin().catch((error: Error) => {
  console.error(error);
  process.exit(1);
});
timers.push(
  setInterval(() => quiet || life.tick(), settings.tickMillis),
  setInterval(() => say({ say: 'added', life: life.id, added: life.added }), ADDED_MILLIS),
  setInterval(() => {
    loopDelay.disable(); // a collection that is forced is no delay of anybody's
    say({ say: 'memory', bytes: heldBytes(), at: Date.now() });
    loopDelay.enable();
  }, settings.memoryEveryMillis),
);
await delay(1000); // what starting takes
loopDelay.enable();
