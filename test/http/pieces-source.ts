import type { ExpositionPage, ExpositionSource } from '../../src/http/metrics-handler.js';
import { CONTENT_TYPE, gate } from './http-client.js';

/** 64 KiB as the pieces of a page are, and of other bytes than characters. */
export const PIECE = '# HELP café_total Größe\ncafé_total{agent_id="a"} 1\n'.repeat(1_300);

/** A source of one page in pieces, that counts what is asked of it. */
export interface PiecesSource extends ExpositionSource {
  /** The text of a whole page. */
  readonly text: string;
  /** The Accept header of each `open()`. */
  readonly opened: (string | undefined)[];
  /** Iterations begun, pieces given, and iterations that are over, at their end or left before it. */
  readonly counts: { iterations: number; pieces: number; over: number };
}

export interface PiecesOptions {
  /** How often the piece comes. */
  readonly pieces: number;
  /** @defaultValue PIECE */
  readonly piece?: string;
  /** Awaited before each piece. */
  readonly before?: (index: number) => Promise<void>;
  readonly contentType?: string;
}

export function piecesSource({
  pieces,
  piece = PIECE,
  before = () => new Promise((resolve) => setImmediate(resolve)),
  contentType = CONTENT_TYPE,
}: PiecesOptions): PiecesSource {
  const opened: (string | undefined)[] = [];
  const counts = { iterations: 0, pieces: 0, over: 0 };
  async function* iterate(): AsyncGenerator<string> {
    counts.iterations++;
    try {
      for (let index = 0; index < pieces; index++) {
        await before(index);
        counts.pieces++;
        yield piece;
      }
    } finally {
      counts.over++;
    }
  }
  const page: ExpositionPage = { contentType, [Symbol.asyncIterator]: iterate };
  return {
    text: piece.repeat(pieces),
    opened,
    counts,
    export: () => Promise.resolve(piece.repeat(pieces)),
    contentType: () => contentType,
    open: ({ accept }) => {
      opened.push(accept);
      return Promise.resolve(page);
    },
  };
}

/** Holds each piece from the given one on until it is let go, and tells when the first of them is asked for. */
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

/** Fails at the given piece. */
export function failAt(failing: number, message = 'broke off'): (index: number) => Promise<void> {
  return async (index) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (index === failing) throw new Error(message);
  };
}

/** Holds the given piece until it is let go, and then fails: after the answer was begun. */
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
