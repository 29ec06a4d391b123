import { ChunkRun, type ChunkReader } from './chunk-run.js';

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
