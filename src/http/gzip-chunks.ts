import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { GZIP_SETTINGS } from './shared-gzip.js';

/** The text compressed, off the event loop. Leaving the loop early leaves the one over the text. */
export async function* gzipChunks(text: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip(GZIP_SETTINGS);
  // One piece at a time: more would only be copied from one buffer to the next.
  pipeline(Readable.from(text, { highWaterMark: 1 }), gzip, ignore);
  for await (const chunk of gzip) yield chunk as Uint8Array;
}

function ignore(): void {
  // Whatever failed, the loop over the compressed bytes throws it.
}
