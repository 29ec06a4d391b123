import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { ZlibOptions } from 'node:zlib';
import { nodeZlib } from '../common/late-modules.js';

/**
 * Level 3 takes half the time of the default 6 and makes a page a sixth larger. The large chunk saves hundreds of
 * callbacks for a page of some megabytes.
 */
const GZIP_SETTINGS = { level: 3, chunkSize: 256 * 1024 };

interface Compression {
  readonly text: string;
  readonly bytes: Promise<Uint8Array>;
}

/**
 * A gzip that works off the event loop, once for equal texts: scrapes that get the same text share its bytes. The last
 * result is held weakly, so an idle endpoint keeps nothing.
 */
export function createSharedGzip(): (text: string) => Promise<Uint8Array> {
  let running: Compression | undefined;
  let last: WeakRef<Compression> | undefined;

  return (text) => {
    const known = running ?? last?.deref();
    if (known?.text === text) return known.bytes;

    const compression: Compression = {
      text,
      bytes: promisify<string, ZlibOptions, Uint8Array>(nodeZlib().gzip)(text, GZIP_SETTINGS),
    };
    running = compression;
    last = new WeakRef(compression);
    const finished = (): void => {
      if (running === compression) running = undefined;
    };
    compression.bytes.then(finished, () => {
      finished();
      if (last?.deref() === compression) last = undefined;
    });
    return compression.bytes;
  };
}

/** In bytes. Large, so that text does not wait a turn of the event loop for each chunk that gzip takes. */
const SETTINGS = { ...GZIP_SETTINGS, writableHighWaterMark: 1024 * 1024 };

/**
 * The text compressed, off the event loop. Leaving it leaves the text at once, and not only with the next compressed
 * chunk: a text that compresses well gives many chunks for one of those.
 */
export function gzipChunks(text: AsyncIterable<string>): AsyncIterableIterator<Uint8Array, undefined> {
  const gzip = nodeZlib().createGzip(SETTINGS);
  // The loop over the compressed bytes throws whatever failed, so the callback has nothing to do.
  pipeline(Readable.from(text, { highWaterMark: 1 }), gzip, () => undefined);
  const iterator = gzip[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array, undefined>;
  const chunks: AsyncIterableIterator<Uint8Array, undefined> = {
    next: () => iterator.next(),
    return: async () => {
      gzip.destroy();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => chunks,
  };
  return chunks;
}
