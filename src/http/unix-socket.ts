import { chmodSync, lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** A server that accepts connections answers at once; one that is stopped in a debugger counts as alive. */
const CONNECT_MILLIS = 1000;

/** On Windows a path is the name of a pipe, which no file stands for. */
const HAS_FILES = process.platform !== 'win32';

/**
 * Makes room for a Unix socket: a file that a dead process has left behind is removed. Rejects with EADDRINUSE where a
 * process listens there, and where the file is no socket: that is somebody's.
 */
export async function freeSocketPath(path: string): Promise<void> {
  if (!HAS_FILES) return;
  const found = fileAt(path);
  if (found === undefined) return;
  if (!found.isSocket()) throw inUse('the file that is there is no socket');
  if (await answers(path)) throw inUse('a process listens there');
  // Another that starts now may have put its own in the place meanwhile.
  if (fileAt(path)?.ino === found.ino) unlinkSync(path);
}

/** Only owner and group may connect, as `mode` says. To be called as soon as the server listens. */
export function restrictSocket(path: string, mode: number): void {
  if (HAS_FILES) chmodSync(path, mode);
}

/** Removes the file at the end of the process, where nothing else does. Gives what no longer does. */
export function removeAtExit(path: string): () => void {
  const ours = fileAt(path)?.ino;
  const remove = (): void => {
    try {
      if (ours !== undefined && fileAt(path)?.ino === ours) unlinkSync(path);
    } catch {
      // The process ends; the next one replaces the file.
    }
  };
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}

function fileAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Whether a process accepts connections there. What is unclear, as a socket of another user, counts as alive. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: CONNECT_MILLIS });
    const tell = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => tell(true));
    socket.once('timeout', () => tell(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      tell(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

function inUse(why: string): Error {
  return Object.assign(new Error(why), { code: 'EADDRINUSE' });
}
