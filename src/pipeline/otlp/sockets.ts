import type { Socket } from 'node:net';

/** Keeps a socket from keeping the process alive, also while it tries one address after the other. */
export function keepUnreferenced(socket: Socket): void {
  socket.unref?.();
  if (!socket.connecting) return;
  const unref = (): void => void socket.unref?.();
  socket.on('connectionAttempt', unref); // each attempt has a handle of its own
  socket.once('connect', unref);
}
