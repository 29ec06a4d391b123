import { Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What the work behind a stream does. */
export interface Work {
  /** Chunks that it gives before it ends or fails. */
  readonly chunks: number;
  readonly fails?: unknown;
  /** Called for each chunk where it is made. */
  onChunk?(): void;
  /** Thrown when it is stopped early. */
  readonly failsToStop?: unknown;
}

/** One kind of stream, and one way to read it to its end, or until it has given `most` chunks. */
export interface Kind {
  make(work: Work): unknown;
  read(stream: never, most?: number): Promise<void> | void;
  /** Throws of the work while it is being stopped are seen by whoever stops it. */
  readonly showsFailureToStop?: true;
}

function stop({ failsToStop }: Work): void {
  if (failsToStop !== undefined) throw failsToStop;
}

export async function* produce(work: Work): AsyncGenerator<number> {
  try {
    for (let i = 0; i < work.chunks; i++) {
      work.onChunk?.();
      yield i;
    }
    if (work.fails !== undefined) throw work.fails;
  } finally {
    stop(work);
  }
}

export function* produceNow(work: Work): Generator<number> {
  try {
    for (let i = 0; i < work.chunks; i++) {
      work.onChunk?.();
      yield i;
    }
    if (work.fails !== undefined) throw work.fails;
  } finally {
    stop(work);
  }
}

export function webStream(work: Work): ReadableStream<number> {
  const source = produce(work);
  return new ReadableStream<number>(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The least that libraries of observables have in common. */
export class Observable {
  constructor(private readonly work: Work) {}

  subscribe(observer: Partial<Observer>): { unsubscribe(): void } {
    let stopped = false;
    void (async () => {
      try {
        for await (const chunk of produce(this.work)) {
          if (stopped) return;
          observer.next?.(chunk);
        }
        if (!stopped) observer.complete?.();
      } catch (error) {
        if (!stopped) observer.error?.(error);
      }
    })();
    return { unsubscribe: () => void (stopped = true) };
  }

  ['@@observable'](): this {
    return this;
  }
}

export interface Observer {
  next(value: number): void;
  error(error: unknown): void;
  complete(): void;
}

async function readAsync(stream: AsyncIterable<unknown>, most = Infinity): Promise<void> {
  let read = 0;
  for await (const _ of stream) if (++read >= most) break;
}

function readNow(stream: Iterable<unknown>, most = Infinity): void {
  let read = 0;
  for (const _ of stream) if (++read >= most) break;
}

async function readByReader(stream: ReadableStream, most = Infinity): Promise<void> {
  const reader = stream.getReader();
  for (let read = 0; read < most; read++) if ((await reader.read()).done) return;
  await reader.cancel();
}

function readBySubscription(stream: Observable, most = Infinity): Promise<void> {
  return new Promise((resolve, reject) => {
    let read = 0;
    const subscription = stream.subscribe({
      next: () => {
        if (++read < most) return;
        subscription.unsubscribe();
        resolve();
      },
      error: reject,
      complete: resolve,
    });
  });
}

function readByPipe(stream: ReadableStream, most = Infinity): Promise<void> {
  const enough = new AbortController();
  let read = 0;
  const write = () => {
    if (++read >= most) enough.abort();
  };
  const piped = stream.pipeTo(new WritableStream({ write }), { signal: enough.signal });
  return piped.catch((error: unknown) => {
    if (!enough.signal.aborted) throw error;
  });
}

async function readBothBranches(stream: ReadableStream, most?: number): Promise<void> {
  const [one, other] = stream.tee();
  const reads = [readAsync(one, most), readByReader(other, most)];
  for (const { status, reason } of (await Promise.allSettled(reads)) as PromiseRejectedResult[])
    if (status === 'rejected') throw reason;
}

async function readByPipeline(stream: Readable, most = Infinity): Promise<void> {
  let read = 0;
  const write = (_chunk: unknown, _encoding: string, next: () => void) => {
    if (++read >= most) stream.destroy();
    next();
  };
  await pipeline(stream, new Writable({ objectMode: true, write })).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

function duplex(work: Work): Duplex {
  const source = produce(work);
  return new Duplex({
    objectMode: true,
    read() {
      source.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    write: (_chunk, _encoding, next) => next(),
  });
}

/** An async iterable whose iterators are objects of their own, with nothing but `next`. */
function asyncIterable(work: Work): AsyncIterable<number> {
  return {
    [Symbol.asyncIterator]() {
      const source = produce(work);
      return { next: () => source.next() };
    },
  };
}

function iterator(work: Work): IterableIterator<number> {
  const source = produceNow(work);
  return {
    next: () => source.next(),
    [Symbol.iterator]() {
      return this;
    },
  };
}

export const KINDS: Readonly<Record<string, Kind>> = {
  'an async generator': { make: produce, read: readAsync, showsFailureToStop: true },
  'an async iterable': { make: asyncIterable, read: readAsync },
  'a generator': { make: produceNow, read: readNow, showsFailureToStop: true },
  'an iterator': { make: iterator, read: readNow },
  'a promise of an async generator': {
    make: async (work) => produce(work),
    read: readAsync,
    showsFailureToStop: true,
  },
  'a ReadableStream, read by a reader': { make: webStream, read: readByReader, showsFailureToStop: true },
  'a ReadableStream, read by for await': { make: webStream, read: readAsync, showsFailureToStop: true },
  'a ReadableStream, piped': { make: webStream, read: readByPipe },
  'a ReadableStream, read by two branches': { make: webStream, read: readBothBranches },
  'a Readable': { make: (work) => Readable.from(produce(work)), read: readAsync },
  'a Readable in a pipeline': { make: (work) => Readable.from(produce(work)), read: readByPipeline },
  'a Duplex': { make: duplex, read: readAsync },
  'an observable': { make: (work) => new Observable(work), read: readBySubscription },
};

/** How a stream may come to its end, and the status that its execution then has. */
export interface End {
  readonly work: Omit<Work, 'onChunk'>;
  /** Chunks after which the reader stops; 0: it never starts. */
  readonly most?: number;
  readonly status: 'success' | 'error' | 'unknown';
}

const FAILURE = new RangeError('broke off');

export const ENDS: Readonly<Record<string, End>> = {
  'read to its end': { work: { chunks: 3 }, status: 'success' },
  'that breaks off': { work: { chunks: 2, fails: FAILURE }, status: 'error' },
  'that fails before the first chunk': { work: { chunks: 0, fails: FAILURE }, status: 'error' },
  'left after a chunk': { work: { chunks: 3 }, most: 1, status: 'success' },
  'that nobody reads': { work: { chunks: 3 }, most: 0, status: 'unknown' },
  'that fails when it is left': {
    work: { chunks: 3, failsToStop: FAILURE },
    most: 1,
    status: 'error',
  },
};

/** Each kind with each end that it can have. */
export const CASES: readonly (readonly [kind: string, end: string])[] = Object.entries(KINDS).flatMap(
  ([kind, { showsFailureToStop }]) =>
    Object.entries(ENDS)
      .filter(([, { work }]) => work.failsToStop === undefined || showsFailureToStop)
      .map(([end]) => [kind, end] as const),
);

/** Reads a stream as the end says; what its reader is thrown is expected there. */
export async function readAs(kind: Kind, { most }: End, stream: unknown): Promise<void> {
  if (most === 0) return;
  try {
    await kind.read(stream as never, most);
  } catch (error) {
    if (error !== FAILURE) throw error;
  }
}

/** Some turns of the event loop, in which events of streams arrive. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => void setImmediate(resolve));
}
