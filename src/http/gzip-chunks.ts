import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { GZIP_SETTINGS } from './shared-gzip.js';

/**
 * The text compressed, off the event loop. When it is left the text is too, at once and not with the next chunk,
 * for which a text that compresses well may have to give many pieces.
 */
export function gzipChunks(text: AsyncIterable<string>): AsyncIterableIterator<Uint8Array, undefined> {
  const gzip = createGzip(GZIP_SETTINGS);
  // One piece at a time: more would only be copied from one buffer to the next.
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
