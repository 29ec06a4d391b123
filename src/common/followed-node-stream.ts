import { errorMonitor } from 'node:events';
import { overlay, type Readers } from './followed-stream.js';
import type { FollowKind } from './followed-iterators.js';

/** As far as it is asked: a stream of any make and age. */
interface NodeStream {
  readonly destroyed?: boolean;
  readonly errored?: unknown;
  readonly readableEnded?: boolean;
  readonly readableFlowing?: boolean | null;
  listenerCount?(event: string): number;
  once(event: string | symbol, listener: (error?: unknown) => void): unknown;
}

/** By shape: a stream may be of another copy of the streams. One that can only be written to is a value. */
export function isNodeStream(value: object): boolean {
  const { pipe, on, read } = value as Record<string, unknown>;
  return typeof pipe === 'function' && typeof on === 'function' && typeof read === 'function';
}

/**
 * A Readable, Duplex or Transform. Listeners of these events neither set it flowing nor handle an error: one that the host
 * does not handle ends the process as before.
 */
export const followNodeStream: FollowKind = (readers, target, source) => {
  const stream = target as NodeStream;
  readers.add();
  stream.once('end', () => readers.done(source));
  stream.once('close', () => readers.leave(source));
  stream.once(errorMonitor, (error) => {
    if (isLeft(error)) readers.leave(source);
    else readers.failed(error);
  });
  overlay(target, '_read', (original) => {
    return function (...args) {
      return readers.stream.call(original, this, args);
    };
  });
};

/** What Node destroys a stream with when a loop leaves it. An abort for a reason of the host's has that as its cause. */
function isLeft(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return code === 'ABORT_ERR' && cause === undefined;
}

/** Tells the end of a stream that is over before it is followed. */
export function endedBefore(readers: Readers, target: object): boolean {
  const { destroyed, errored, readableEnded } = target as NodeStream;
  if (!destroyed && !readableEnded) return false;
  if (errored === undefined || errored === null || isLeft(errored)) readers.done(target);
  else readers.failed(errored);
  return true;
}

/** Whether somebody reads it: only some of the calls that do are seen. Does not hold the stream. */
export function isBeingRead(target: object): () => boolean {
  const held = new WeakRef(target as NodeStream);
  return () => {
    const stream = held.deref();
    return stream?.readableFlowing === true || (stream?.listenerCount?.('readable') ?? 0) > 0;
  };
}
