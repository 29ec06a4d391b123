import type { ExpositionPage } from '../exposition/exposition-source.js';
import { gzipChunks } from './compression.js';

/** A page, and what is made of it once for all who ask for the same page at the same time. */
export interface SharedPage {
  readonly text: SharedChunks<string>;
  readonly gzip: SharedChunks<Uint8Array>;
}

/** Finds what is shared of a page by the page object itself, and keeps no page alive. */
export function createSharedPages(): (page: ExpositionPage) => SharedPage {
  const known = new WeakMap<ExpositionPage, SharedPage>();
  return (page) => {
    const before = known.get(page);
    if (before) return before;
    const text = new SharedChunks(() => strings(page));
    const shared = { text, gzip: new SharedChunks(() => gzipChunks(text)) };
    known.set(page, shared);
    return shared;
  };
}

async function* strings(page: ExpositionPage): AsyncGenerator<string> {
  for await (const chunk of page) {
    if (typeof chunk !== 'string') throw new TypeError('the exposition is not a string');
    yield chunk;
  }
}

/**
 * What an iterable gives, made once for all who read it at the same time, each from the start.
 *
 * Making begins with the first reader and goes on at its own pace: a reader that is slow slows nothing but itself,
 * and one that comes late finds what is there. When the last reader has left, the making stops, or what was made is
 * held weakly for whoever may come next.
 */
export class SharedChunks<T> implements AsyncIterable<T> {
  readonly #make: () => AsyncIterable<T>;
  #running: ChunkRun<T> | undefined;
  #last: WeakRef<ChunkRun<T>> | undefined;

  constructor(make: () => AsyncIterable<T>) {
    this.#make = make;
  }

  /** To be left by `return()` at the end; a loop does that by itself. */
  read(): ChunkReader<T> {
    const known = this.#running ?? this.#last?.deref();
    if (known?.isReadable) return this.#readIn(known);
    return this.#readIn(new ChunkRun(this.#make()));
  }

  [Symbol.asyncIterator](): ChunkReader<T> {
    return this.read();
  }

  #readIn(run: ChunkRun<T>): ChunkReader<T> {
    this.#running = run;
    return run.read(() => {
      if (this.#running !== run) return;
      this.#running = undefined;
      this.#last = new WeakRef(run);
    });
  }
}

/** How the making of chunks ended, for one reader of them. */
export interface RunOutcome {
  /** What making them failed with. */
  readonly error?: unknown;
}

/** Reads all chunks of a run, from the first. */
export interface ChunkReader<T> extends AsyncIterableIterator<T, undefined> {
  /** Resolves when the last chunk is made, the making has failed, or this reader has left. Never rejects. */
  readonly ended: Promise<RunOutcome>;
  /**
   * Waits until all chunks are made, or `isEnough` of those so far. Takes none of them.
   *
   * @returns all chunks; undefined when there may be more
   */
  all(isEnough: (chunks: readonly T[]) => boolean): Promise<readonly T[] | undefined>;
  /** Leaves. What waits for the next chunk is told that there is none. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** The chunks of one iteration: kept as they come, as long as anybody reads. */
export class ChunkRun<T> {
  readonly #chunks: T[] = [];
  #readers = 0;
  #state: 'running' | 'complete' | 'failed' | 'stopped' = 'running';
  #error: unknown;
  #change = new Signal();
  readonly #source: AsyncIterator<T, unknown>;

  constructor(source: AsyncIterable<T>) {
    this.#source = source[Symbol.asyncIterator]();
    void this.#make();
  }

  /** Whether one more reader would get all chunks. */
  get isReadable(): boolean {
    return this.#state === 'running' || this.#state === 'complete';
  }

  /** @param onEmpty - called when this reader was the last one and leaves */
  read(onEmpty: () => void): ChunkReader<T> {
    let hasLeft = false;
    let tellEnded: (outcome: RunOutcome) => void = () => undefined;
    const ended = new Promise<RunOutcome>((resolve) => (tellEnded = resolve));
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      tellEnded({});
      this.#readers--;
      if (this.#readers === 0) {
        if (this.#state === 'running') this.#stop();
        onEmpty();
      }
      this.#changed();
    };
    this.#readers++;
    void this.#untilEnded().then(tellEnded);

    const chunks = this.#follow(() => hasLeft);
    const reader: ChunkReader<T> = {
      ended,
      all: (isEnough) => this.#all(isEnough),
      next: () => chunks.next(),
      return: async () => {
        leave();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => reader,
    };
    return reader;
  }

  async #make(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#source.next();
        if (this.#state === 'stopped') return;
        if (done === true) break;
        this.#chunks.push(value);
        this.#changed();
      }
      this.#state = 'complete';
    } catch (error) {
      if (this.#state === 'stopped') return;
      this.#error = error;
      this.#state = 'failed';
    }
    this.#changed();
  }

  #stop(): void {
    this.#state = 'stopped';
    this.#chunks.length = 0;
    // What comes of it concerns nobody any more.
    Promise.resolve(this.#source.return?.()).catch(() => undefined);
  }

  async *#follow(hasLeft: () => boolean): AsyncGenerator<T, undefined> {
    for (let at = 0; !hasLeft();) {
      if (at < this.#chunks.length) yield this.#chunks[at++] as T;
      else if (this.#state === 'failed') throw this.#error;
      else if (this.#state !== 'running') break;
      else await this.#change.promise;
    }
    return undefined;
  }

  async #all(isEnough: (chunks: readonly T[]) => boolean): Promise<readonly T[] | undefined> {
    for (;;) {
      if (this.#state === 'complete') return this.#chunks;
      if (this.#state === 'failed') throw this.#error;
      if (this.#state === 'stopped' || isEnough(this.#chunks)) return undefined;
      await this.#change.promise;
    }
  }

  async #untilEnded(): Promise<RunOutcome> {
    while (this.#state === 'running') await this.#change.promise;
    return this.#state === 'failed' ? { error: this.#error } : {};
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
