import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { GZIP_SETTINGS } from './shared-gzip.js';

/** Pieces wait before the compression, for else each would wait for a turn of the event loop behind it. In bytes. */
const SETTINGS = { ...GZIP_SETTINGS, writableHighWaterMark: 1024 * 1024 };

/**
 * The text compressed, off the event loop. When it is left the text is too, at once and not with the next chunk,
 * for which a text that compresses well may have to give many pieces.
 */
export function gzipChunks(text: AsyncIterable<string>): AsyncIterableIterator<Uint8Array, undefined> {
  const gzip = createGzip(SETTINGS);
  // One piece at a time: what waits, waits before the compression.
  pipeline(Readable.from(text, { highWaterMark: 1 }), gzip, ignore);
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

function ignore(): void {
  // Whatever failed, the loop over the compressed bytes throws it.
}
