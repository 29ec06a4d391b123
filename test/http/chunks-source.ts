import type { ExpositionPage, ExpositionSource } from '../../src/exposition/exposition-source.js';
import { CONTENT_TYPE, gate } from './http-client.js';

/** 64 KiB as the chunks of a page are, and of other bytes than characters. */
export const CHUNK = '# HELP café_total Größe\ncafé_total{agent_id="a"} 1\n'.repeat(1_300);

/** A source of one page in chunks, that counts what is asked of it. */
export interface ChunksSource extends ExpositionSource {
  /** The text of a whole page. */
  readonly text: string;
  /** The Accept header of each `open()`. */
  readonly opened: (string | undefined)[];
  /** Iterations begun, chunks given, and iterations that are over, at their end or left before it. */
  readonly counts: { iterations: number; chunks: number; over: number };
}

export interface ChunksOptions {
  /** How often the chunk comes. */
  readonly chunks: number;
  /** @defaultValue CHUNK */
  readonly chunk?: string;
  /** Awaited before each chunk. */
  readonly before?: (index: number) => Promise<void>;
  readonly contentType?: string;
}

export function chunksSource({
  chunks,
  chunk = CHUNK,
  before = () => new Promise((resolve) => setImmediate(resolve)),
  contentType = CONTENT_TYPE,
}: ChunksOptions): ChunksSource {
  const opened: (string | undefined)[] = [];
  const counts = { iterations: 0, chunks: 0, over: 0 };
  async function* iterate(): AsyncGenerator<string> {
    counts.iterations++;
    try {
      for (let index = 0; index < chunks; index++) {
        await before(index);
        counts.chunks++;
        yield chunk;
      }
    } finally {
      counts.over++;
    }
  }
  const page: ExpositionPage = { contentType, [Symbol.asyncIterator]: iterate };
  return {
    text: chunk.repeat(chunks),
    opened,
    counts,
    export: () => Promise.resolve(chunk.repeat(chunks)),
    contentType: () => contentType,
    open: ({ accept }) => {
      opened.push(accept);
      return Promise.resolve(page);
    },
  };
}

/** Holds each chunk from the given one on until it is let go, and tells when the first of them is asked for. */
export function holdFrom(first: number): {
  before: (index: number) => Promise<void>;
  asked: Promise<void>;
  letGo: () => void;
} {
  const asked = gate();
  const allowed = gate();
  const before = async (index: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (index < first) return;
    asked.open();
    await allowed.promise;
  };
  return { before, asked: asked.promise, letGo: () => allowed.open() };
}

/** Fails at the given chunk. */
export function failAt(failing: number, message = 'broke off'): (index: number) => Promise<void> {
  return async (index) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (index === failing) throw new Error(message);
  };
}

/** Holds the given chunk until it is let go, and then fails: after the answer was begun. */
export function failWhenLetGo(failing: number): {
  before: (index: number) => Promise<void>;
  letGo: () => void;
} {
  const held = holdFrom(failing);
  const before = async (index: number): Promise<void> => {
    await held.before(index);
    if (index === failing) throw new Error('broke off');
  };
  return { before, letGo: held.letGo };
}
