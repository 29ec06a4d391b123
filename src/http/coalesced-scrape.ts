import { monotonicClock } from '../common/clock.js';
import type { ExpositionRequest, ExpositionSource } from '../exposition/exposition-source.js';
import { gzipChunks } from './compression.js';

/** A page that was asked for longer ago takes no more scrapes: its values are old, or its source hangs. */
const JOIN_WITHIN_MILLIS = 10_000;

/** By what was negotiated. */
const underWay = new WeakMap<ExpositionSource, Map<string, CoalescedScrape>>();

/**
 * One page for all scrapes of one source and variant of a format at the same time. The source is asked for it once, its text is kept
 * as it comes, and it is compressed once. A scrape can join until the last chunk is written.
 */
export class CoalescedScrape {
  readonly #startedAt = monotonicClock();
  readonly #text: SharedChunks<string>;
  #gzip: SharedChunks<Uint8Array> | undefined;
  #contentType = '';

  /** The scrape under way that this request can join, or else a new one. Read it at once: unread, it may end. */
  static join(source: ExpositionSource, request: ExpositionRequest): CoalescedScrape {
    const scrapes = underWay.get(source) ?? new Map<string, CoalescedScrape>();
    underWay.set(source, scrapes);
    const { format, textVersion = '', escaping = '' } = request;
    const variant = `${format} ${textVersion} ${escaping}`;
    const before = scrapes.get(variant);
    if (before !== undefined && before.#canBeJoined) return before;
    const scrape = new CoalescedScrape(source, request);
    scrapes.set(variant, scrape);
    void scrape.#text.ended.then(() => {
      if (scrapes.get(variant) === scrape) scrapes.delete(variant);
    });
    return scrape;
  }

  private constructor(source: ExpositionSource, request: ExpositionRequest) {
    this.#text = new SharedChunks(this.#write(source, request));
  }

  /** The value of Content-Type. Known when a reader has seen the first chunk, or the end. */
  get contentType(): string {
    return this.#contentType;
  }

  readText(): ChunkReader<string> {
    return this.#text.read();
  }

  /** To be called while a reader of the text holds it. Throws where gzip cannot start. */
  readGzip(): ChunkReader<Uint8Array> {
    if (!this.#gzip?.isReadable) this.#gzip = new SharedChunks(gzipChunks(this.#text));
    return this.#gzip.read();
  }

  get #canBeJoined(): boolean {
    return this.#text.isGrowing && monotonicClock() - this.#startedAt < JOIN_WITHIN_MILLIS;
  }

  async *#write(source: ExpositionSource, request: ExpositionRequest): AsyncGenerator<string, void> {
    const page = await source.open?.(request);
    if (page === undefined) throw new TypeError('the exposition is not a page');
    this.#contentType = page.contentType;
    for await (const chunk of page) {
      if (typeof chunk !== 'string') throw new TypeError('the exposition is not a string');
      yield chunk;
    }
  }
}

/** Why there are no more chunks. */
export interface ChunksOutcome {
  /** What making them failed with; absent where they are complete or everybody has left. */
  readonly error?: unknown;
}

/** Reads all chunks, from the first. */
export interface ChunkReader<T> extends AsyncIterableIterator<T, undefined> {
  /** Resolves when the last chunk is made, making has failed, or this reader has left. Never rejects. */
  readonly ended: Promise<ChunksOutcome>;
  /**
   * Waits until all chunks are made, or `isEnough` of those so far. Takes none of them.
   *
   * @returns all chunks; undefined when there may be more
   */
  all(isEnough: (chunks: readonly T[]) => boolean): Promise<readonly T[] | undefined>;
  /** Leaves. A `next()` that still waits is told that there is no more. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/**
 * The chunks of one iteration, made once for any number of readers, each from the start.
 *
 * They are made as fast as they come, whatever the readers do: a slow reader slows only itself, and the values of a page
 * are of one time. When the last reader leaves, making stops.
 */
export class SharedChunks<T> implements AsyncIterable<T> {
  /** Resolves when no more chunks come. Never rejects. */
  readonly ended: Promise<ChunksOutcome>;
  readonly #chunks: T[] = [];
  readonly #source: AsyncIterator<T, unknown>;
  #readers = 0;
  #state: 'growing' | 'complete' | 'failed' | 'left' = 'growing';
  #error: unknown;
  #change = new Signal();

  /** Making begins at once, and the first `read()` must follow before it gives up the turn. */
  constructor(source: AsyncIterable<T>) {
    this.#source = source[Symbol.asyncIterator]();
    this.ended = this.#make();
  }

  get isGrowing(): boolean {
    return this.#state === 'growing';
  }

  /** Whether one more reader would get all chunks. */
  get isReadable(): boolean {
    return this.#state === 'growing' || this.#state === 'complete';
  }

  /** The reader must leave by `return()`; a loop over it does that by itself. */
  read(): ChunkReader<T> {
    let hasLeft = false;
    const gone = new Signal();
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      gone.give();
      this.#readers--;
      if (this.#readers === 0 && this.#state === 'growing') this.#stop();
      this.#changed();
    };
    this.#readers++;

    const chunks = this.#follow(() => hasLeft);
    const reader: ChunkReader<T> = {
      ended: Promise.race([this.ended, gone.promise.then(() => ({}))]),
      all: (isEnough) => this.#all(isEnough, () => hasLeft),
      next: () => chunks.next(),
      return: async () => {
        leave();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => reader,
    };
    return reader;
  }

  [Symbol.asyncIterator](): ChunkReader<T> {
    return this.read();
  }

  async #make(): Promise<ChunksOutcome> {
    try {
      for (;;) {
        const { value, done } = await this.#source.next();
        if (!this.isGrowing) return {};
        if (done === true) break;
        this.#chunks.push(value);
        this.#changed();
      }
      this.#state = 'complete';
      return {};
    } catch (error) {
      if (!this.isGrowing) return {};
      this.#error = error;
      this.#state = 'failed';
      return { error };
    } finally {
      this.#changed();
    }
  }

  #stop(): void {
    this.#state = 'left';
    this.#chunks.length = 0;
    // Nobody is left who could be told how this ends.
    Promise.resolve(this.#source.return?.()).catch(() => undefined);
  }

  async *#follow(hasLeft: () => boolean): AsyncGenerator<T, undefined> {
    for (let at = 0; !hasLeft();) {
      if (at < this.#chunks.length) yield this.#chunks[at++] as T;
      else if (this.#state === 'failed') throw this.#error;
      else if (this.#state !== 'growing') break;
      else await this.#change.promise;
    }
    return undefined;
  }

  async #all(
    isEnough: (chunks: readonly T[]) => boolean,
    hasLeft: () => boolean,
  ): Promise<readonly T[] | undefined> {
    for (;;) {
      if (this.#state === 'complete') return this.#chunks;
      if (this.#state === 'failed') throw this.#error;
      if (hasLeft() || isEnough(this.#chunks)) return undefined;
      await this.#change.promise;
    }
  }

  #changed(): void {
    const before = this.#change;
    this.#change = new Signal();
    before.give();
  }
}

/** A promise to be resolved from outside. */
class Signal {
  give: () => void = () => undefined;
  readonly promise = new Promise<void>((resolve) => (this.give = resolve));
}
