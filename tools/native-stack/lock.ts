// One build of a program at a time on a machine. The lock only saves work: a build lands by a rename, so even two at
// once would leave a whole program.
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockTimes {
  /** How often the holder shows that it lives, and the others look. */
  readonly beatMs: number;
  /** A lock without a beat for so long belongs to nobody, whoever has its process id by now. */
  readonly staleMs: number;
}

const TIMES: LockTimes = { beatMs: 1_000, staleMs: 60_000 };

/**
 * Runs `run` with the lock file held. When another has it, `onWait` is told once, with that one's process id; `signal`
 * ends the waiting.
 */
export async function withLock<T>(
  file: string,
  onWait: (holder: number) => void,
  run: () => Promise<T>,
  signal?: AbortSignal,
  { beatMs, staleMs }: LockTimes = TIMES,
): Promise<T> {
  for (let waited = false; !tryLock(file);) {
    const holder = holderOf(file, staleMs);
    if (holder === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waited) onWait(holder);
    waited = true;
    await sleep(beatMs);
    signal?.throwIfAborted();
  }
  const beat = setInterval(() => touch(file), beatMs).unref();
  try {
    return await run();
  } finally {
    clearInterval(beat);
    if (ownedBy(file) === process.pid) rmSync(file, { force: true });
  }
}

function ownedBy(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock, `undefined` when it is gone or the lock is. */
function holderOf(file: string, staleMs: number): number | undefined {
  try {
    if (Date.now() - statSync(file).mtimeMs > staleMs) return undefined;
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? Number(readFileSync(file, 'utf8')) : undefined;
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Taken away by someone who thought it stale: the rename decides.
  }
}
