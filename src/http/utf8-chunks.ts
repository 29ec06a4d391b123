import type { ChunkReader } from './chunk-run.js';

/**
 * Text as bytes, encoded for each reader as it comes to it: only the text itself is kept for all. No generator, for
 * one that has not begun passes its `return()` on to nobody.
 */
export function utf8Chunks(reader: ChunkReader<string>): AsyncIterable<Uint8Array> {
  const bytes: AsyncIterableIterator<Uint8Array, undefined> = {
    next: async () => {
      const { value, done } = await reader.next();
      return done === true ? { done, value: undefined } : { value: Buffer.from(value) };
    },
    return: () => reader.return(),
    [Symbol.asyncIterator]: () => bytes,
  };
  return bytes;
}
