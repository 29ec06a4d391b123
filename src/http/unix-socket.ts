import { chmodSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';

/** A server that accepts connections answers at once; one that is stopped in a debugger counts as alive. */
const CONNECT_MILLIS = 1000;

/** On Windows a path is the name of a pipe, which no file stands for. */
const HAS_FILES = process.platform !== 'win32';

/**
 * Listens on a Unix socket. A file that a dead process has left behind is replaced. Rejects with EADDRINUSE where a
 * process listens there, and where the file is no socket: that is somebody's.
 *
 * The socket gets its mode before it gets its name, so nobody connects who may not.
 *
 * @param isClosed - whether it is no longer wanted
 * @returns what removes the file; called at the end of the process as well
 */
export async function listenOnSocket(
  server: Server,
  path: string,
  mode: number,
  isClosed: () => boolean,
): Promise<() => void> {
  if (HAS_FILES) await freePath(path);
  if (isClosed()) return () => undefined;
  if (!HAS_FILES) {
    server.listen({ path });
    return () => undefined;
  }
  const unnamed = `${path}.${process.pid.toString(36)}`;
  if (fileAt(unnamed)?.isSocket()) unlinkSync(unnamed);
  server.listen({ path: unnamed, exclusive: true });
  if (!server.listening) return () => undefined; // its 'error' says why
  try {
    chmodSync(unnamed, mode);
    if (fileAt(path) !== undefined) throw inUse('a process listens there');
    renameSync(unnamed, path);
  } catch (error) {
    server.close();
    throw error;
  }
  return removeAtExit(path);
}

async function freePath(path: string): Promise<void> {
  const found = fileAt(path);
  if (found === undefined) return;
  if (!found.isSocket()) throw inUse('the file that is there is no socket');
  if (await answers(path)) throw inUse('a process listens there');
  // Another that starts now may have put its own in the place meanwhile.
  if (fileAt(path)?.ino === found.ino) unlinkSync(path);
}

function removeAtExit(path: string): () => void {
  const ours = fileAt(path)?.ino;
  const remove = (): void => {
    process.off('exit', remove);
    try {
      if (ours !== undefined && fileAt(path)?.ino === ours) unlinkSync(path);
    } catch {
      // The next process replaces the file.
    }
  };
  process.once('exit', remove);
  return remove;
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
