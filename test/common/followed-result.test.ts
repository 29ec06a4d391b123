import { Duplex, finished, PassThrough, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { follow, lazyKind, openStreams } from '../../src/common/followed-result.js';
import {
  FollowedStream,
  isUnseen,
  OpenStreams,
  STREAM_DEADLINE_MILLIS,
  type FollowedEnd,
} from '../../src/common/followed-stream.js';
import { fakeClock } from '../support/clock.js';
import {
  KINDS,
  Observable,
  produce,
  produceNow,
  turns,
  webStream,
  type Observer,
} from '../support/streams.js';

/** Follows a value; `ends` are what the follower was told, `calls` how often the context was entered. */
function following<T>(value: T) {
  const clock = fakeClock();
  const ends: FollowedEnd<unknown>[] = [];
  const seen = { calls: 0 };
  const given = follow(value, lazyKind(value)!, {
    clock: clock.now,
    contextOf: () => (call, args) => {
      seen.calls++;
      return call(...args);
    },
    ended: (end) => void ends.push(end),
  });
  return { given, ends, clock, seen };
}

const ended = (end: FollowedEnd<unknown>) => (end.threw ? end.error : isUnseen(end) ? end.unseen : 'success');
const VALUES: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  'a text': 'text',
  'a function': () => {},
  'an array': [1],
  'a Map': new Map(),
  'a Set': new Set(),
  'a typed array': new Uint8Array(2),
  'an object with a next that is no iterator': { next: () => 1 },
  'an object with subscribe alone': { subscribe: () => {} },
  'an object with pipe and getReader of other kinds': { pipe: 1, getReader: 2, next: 3 },
  'a Writable': new Writable({ write: () => {} }),
  'a Response': new Response('body'),
  'what refuses to be read': new Proxy(
    {},
    {
      get: () => {
        throw new Error('refused');
      },
    },
  ),
};

test.each(Object.entries(VALUES))('%s is all there is', (_what, value) => {
  expect(lazyKind(value)).toBeUndefined();
});

test.each(Object.entries(KINDS))(
  '%s is given back as it was, with no key that is enumerated',
  async (_k, kind) => {
    const made = (await kind.make({ chunks: 1 })) as object;
    const shown = () => [
      // Node makes the one that is left out for the first listener of whatever kind.
      Object.keys(made)
        .filter((key) => key !== '_eventsCount')
        .join(),
      Object.keys(Object.getPrototypeOf(made) as object).join(),
      Object.prototype.toString.call(made),
    ];
    const before = shown();
    const prototype: unknown = Object.getPrototypeOf(made);
    const { given } = following(made);
    expect(given).toBe(made);
    expect(Object.getPrototypeOf(given) === prototype).toBe(true);
    expect(shown()).toEqual(before);
    openStreams.sweep(0);
    if (given instanceof Readable) given.destroy();
  },
);

test('a stream that is followed twice is told to both, and nothing is put on it twice', async () => {
  const stream = produce({ chunks: 1 });
  const first = following(stream);
  const next: unknown = Reflect.get(stream, 'next');
  const second = following(stream);
  expect(Reflect.get(stream, 'next')).toBe(next);
  for await (const _ of stream);
  expect([first, second].map(({ ends }) => ends.map(ended))).toEqual([['success'], ['success']]);
  expect(first.seen.calls).toBeGreaterThan(0);
  expect(second.seen.calls).toBe(0); // work is done in the innermost context
});

describe('iterators', () => {
  test('spreading, destructuring, yield* and helpers read a generator as before', () => {
    const spread = following(produceNow({ chunks: 3 }));
    expect([...spread.given]).toEqual([0, 1, 2]);
    const left = following(produceNow({ chunks: 3 }));
    const [head] = left.given;
    expect(head).toBe(0);
    const inner = following(produceNow({ chunks: 2 }));
    function* outer() {
      yield* inner.given;
    }
    expect(Array.from(outer())).toEqual([0, 1]);
    for (const { ends } of [spread, left, inner]) expect(ends.map(ended)).toEqual(['success']);
  });

  test('what a generator returns, is sent and throws goes through', async () => {
    async function* echo(): AsyncGenerator<string, number, string> {
      const heard = yield 'first';
      try {
        yield heard;
      } catch (error) {
        yield (error as Error).message;
      }
      return 7;
    }
    const { given, ends } = following(echo());
    expect(await given.next('dropped')).toEqual({ value: 'first', done: false });
    expect(await given.next('sent')).toEqual({ value: 'sent', done: false });
    expect(await given.throw(new Error('thrown'))).toEqual({ value: 'thrown', done: false });
    expect(ends).toEqual([]);
    expect(await given.next('x')).toEqual({ value: 7, done: true });
    expect(await given.next('x')).toEqual({ value: undefined, done: true });
    expect(await given.return(8)).toEqual({ value: 8, done: true });
    expect(ends.map(ended)).toEqual(['success']);
  });

  test('a generator that goes on after return() has not ended', () => {
    function* stubborn() {
      try {
        yield 1;
      } finally {
        yield 2;
      }
    }
    const { given, ends } = following(stubborn());
    given.next();
    expect(given.return(undefined)).toEqual({ value: 2, done: false });
    expect(ends).toEqual([]);
    given.next();
    expect(ends.map(ended)).toEqual(['success']);
  });

  test('a method that is called on something else fails as before', () => {
    const { given } = following(produceNow({ chunks: 1 }));
    expect(() => given.next.call({} as never)).toThrow(TypeError);
    openStreams.sweep(0);
  });

  test('an iterable that is read several times at once ends when all have left, or one has seen its end', async () => {
    const two = following({ [Symbol.asyncIterator]: () => produce({ chunks: 2 }) });
    const [a, b] = [two.given[Symbol.asyncIterator](), two.given[Symbol.asyncIterator]()];
    await a.next();
    await b.next();
    await a.return(undefined);
    expect(two.ends).toEqual([]);
    await b.return(undefined);
    expect(two.ends.map(ended)).toEqual(['success']);

    const one = following({ [Symbol.asyncIterator]: () => produce({ chunks: 0 }) });
    one.given[Symbol.asyncIterator]();
    await one.given[Symbol.asyncIterator]().next();
    expect(one.ends.map(ended)).toEqual(['success']);
  });

  test('an iterable that gives one iterator twice, or none, is harmless', async () => {
    const iterator = produce({ chunks: 1 });
    const same = following({ [Symbol.asyncIterator]: () => iterator });
    same.given[Symbol.asyncIterator]();
    const next: unknown = Reflect.get(iterator, 'next');
    same.given[Symbol.asyncIterator]();
    expect(Reflect.get(iterator, 'next')).toBe(next);
    await iterator.return(undefined);
    expect(same.ends.map(ended)).toEqual(['success']);
    const none = following({ [Symbol.asyncIterator]: () => undefined as never });
    expect(none.given[Symbol.asyncIterator]()).toBeUndefined();
    openStreams.sweep(0);
  });

  test('iterators and iterables that nothing can be put on end the following, as not seen', () => {
    const frozen = following(Object.freeze(produceNow({ chunks: 1 })));
    expect(frozen.ends.map(ended)).toEqual(['not_followed']);
    const inner = following({ [Symbol.asyncIterator]: () => Object.freeze(produce({ chunks: 1 })) });
    inner.given[Symbol.asyncIterator]();
    expect(inner.ends.map(ended)).toEqual(['not_followed']);
  });

  test('an answer that refuses to be read is no end, and one that is no promise counts', () => {
    const refusing = {
      get done(): boolean {
        throw new Error('refused');
      },
    };
    const odd = following({ next: () => refusing, [Symbol.iterator]: () => undefined });
    expect(odd.given.next()).toBe(refusing);
    expect(odd.ends).toEqual([]);
    openStreams.sweep(0);
  });

  test('streams of clients are branched by their own tee()', async () => {
    class Client {
      constructor(private readonly make: () => AsyncIterator<number>) {}
      [Symbol.asyncIterator]() {
        return this.make();
      }
      tee(): Client[] {
        return [new Client(this.make), new Client(this.make)];
      }
    }
    const { given, ends } = following(new Client(() => produce({ chunks: 2 })));
    const [one, other] = given.tee();
    for await (const _ of one!) break;
    expect(ends).toEqual([]);
    for await (const _ of other!) break;
    expect(ends.map(ended)).toEqual(['success']);
    const none = following({ [Symbol.asyncIterator]: () => produce({ chunks: 1 }), tee: () => 1 });
    expect(none.given.tee()).toBe(1);
    openStreams.sweep(0);
  });
});

/** The platform's is of another realm than the one that tests run in. */
const TYPE_ERROR = expect.objectContaining({ name: 'TypeError' }) as Error;

describe('web streams', () => {
  test('are one to whatever takes one', async () => {
    const { given, ends } = following(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('text'));
          controller.close();
        },
      }),
    );
    expect(given).toBeInstanceOf(ReadableStream);
    expect(await new Response(given).text()).toBe('text');
    expect(ends.map(ended)).toEqual(['success']);
    const other = following(webStream({ chunks: 2 }));
    const read: unknown[] = [];
    for await (const chunk of Readable.fromWeb(other.given as never, { objectMode: true })) read.push(chunk);
    expect(read).toEqual([0, 1]);
    expect(other.ends.map(ended)).toEqual(['success']);
  });

  test('pipeThrough gives the other end, and the stream ends with what is read there', async () => {
    const { given, ends } = following(webStream({ chunks: 2 }));
    const through = new TransformStream<number, number>();
    const out = given.pipeThrough(through);
    expect(out).toBe(through.readable);
    expect(given.locked).toBe(true);
    const read: number[] = [];
    for await (const chunk of out) read.push(chunk);
    expect(read).toEqual([0, 1]);
    await turns();
    expect(ends.map(ended)).toEqual(['success']);
  });

  test('pipeThrough of what breaks off rejects nowhere but where it is read', async () => {
    const broken = new RangeError('broke off');
    const { given, ends } = following(webStream({ chunks: 0, fails: broken }));
    const out = given.pipeThrough(new TransformStream<number, number>());
    await expect(out.getReader().read()).rejects.toBe(broken);
    await turns();
    expect(ends.map(ended)).toEqual([broken]);
  });

  test('pipeThrough refuses what it refused', async () => {
    const locked = new TransformStream();
    locked.writable.getWriter();
    const { given, ends } = following(webStream({ chunks: 1 }));
    expect(() => given.pipeThrough(locked)).toThrow(TYPE_ERROR);
    expect(() => given.pipeThrough({} as never)).toThrow(TYPE_ERROR);
    expect(() => given.pipeThrough(undefined as never)).toThrow(TYPE_ERROR);
    expect(() => given.pipeThrough(new TransformStream(), { signal: 1 as never })).toThrow(TYPE_ERROR);
    given.getReader();
    expect(() => given.pipeThrough(new TransformStream())).toThrow(TYPE_ERROR);
    expect(ends).toEqual([]);
    openStreams.sweep(0);
  });

  test('a pipe that its other end breaks off is an end, and no error of the stream', async () => {
    const away = new Error('the client went away');
    const { given, ends } = following(webStream({ chunks: 3 }));
    const write = () => {
      throw away;
    };
    await expect(given.pipeTo(new WritableStream({ write }))).rejects.toBe(away);
    await turns();
    expect(ends.map(ended)).toEqual(['success']);
    const refused = following(webStream({ chunks: 3 }));
    const reader = refused.given.getReader();
    await expect(refused.given.pipeTo(new WritableStream())).rejects.toThrow(TYPE_ERROR);
    expect(refused.ends).toEqual([]);
    await reader.cancel();
    expect(refused.ends.map(ended)).toEqual(['success']);
  });

  test('cancel ends a stream, unless it is locked, where it is refused', async () => {
    const { given, ends } = following(webStream({ chunks: 1 }));
    const reader = given.getReader();
    await expect(given.cancel()).rejects.toThrow(TYPE_ERROR);
    expect(ends).toEqual([]);
    reader.releaseLock();
    reader.releaseLock();
    await given.cancel();
    expect(ends.map(ended)).toEqual(['success']);
    const failing = following(webStream({ chunks: 1, failsToStop: new RangeError('no') }));
    await failing.given.getReader().read();
    openStreams.sweep(0);
    const broken = following(webStream({ chunks: 0, fails: new RangeError('broke off') }));
    await expect(broken.given.getReader().read()).rejects.toThrow(RangeError);
    await turns();
    expect(broken.ends).toMatchObject([{ threw: true }]);
  });

  test('a stream that cannot be cancelled has failed', async () => {
    const no = new RangeError('no');
    const { given, ends } = following(new ReadableStream({ cancel: () => Promise.reject(no) }));
    await expect(given.cancel()).rejects.toBe(no);
    expect(ends.map(ended)).toEqual([no]);
  });

  test('one branch that is read to its end is the end of the stream, and a branch has branches', async () => {
    const { given, ends } = following(webStream({ chunks: 2 }));
    const [one] = given.tee();
    for await (const _ of one);
    expect(ends.map(ended)).toEqual(['success']);
    const tree = following(webStream({ chunks: 2 }));
    const [left, right] = tree.given.tee();
    const [a, b] = left.tee();
    const cancelled = [a.cancel(), b.cancel()];
    await turns();
    expect(tree.ends).toEqual([]);
    await Promise.all([...cancelled, right.cancel()]);
    expect(tree.ends.map(ended)).toEqual(['success']);
  });

  test('a reader that a read waits on is not idle', async () => {
    const { given, ends, clock } = following(new ReadableStream({}));
    const reader = given.getReader();
    const waiting = reader.read();
    clock.advance(STREAM_DEADLINE_MILLIS);
    openStreams.sweep();
    expect(ends).toEqual([]);
    await reader.cancel();
    expect(await waiting).toEqual({ value: undefined, done: true });
  });

  test('a reader that nothing can be put on ends the following, as not seen', () => {
    const stream = webStream({ chunks: 1 });
    const getReader = stream.getReader.bind(stream) as () => object;
    Object.defineProperty(stream, 'getReader', {
      value: () => Object.freeze(getReader()),
      writable: true,
      configurable: true,
    });
    const { given, ends } = following(stream);
    given.getReader();
    expect(ends.map(ended)).toEqual(['not_followed']);
  });
});

describe('streams of Node', () => {
  test('stay paused, with the errors that nobody handles unhandled', () => {
    const readable = new Readable({ read() {} });
    const { given, ends } = following(readable);
    expect(given.readableFlowing).toBeNull();
    expect(given.listenerCount('data')).toBe(0);
    expect(given.listenerCount('error')).toBe(0);
    const boom = new Error('boom');
    expect(() => given.emit('error', boom)).toThrow(/boom/);
    expect(ends.map(ended)).toEqual([boom]);
  });

  test('pipe, pipeline and finished see the same stream', async () => {
    const read: unknown[] = [];
    const sink = () =>
      new Writable({
        objectMode: true,
        write: (chunk, _encoding, next) => {
          read.push(chunk);
          next();
        },
      });
    const piped = following(Readable.from(produce({ chunks: 2 })));
    await new Promise((resolve) => piped.given.pipe(sink()).on('finish', resolve));
    const lined = following(Readable.from(produce({ chunks: 2 })));
    const upper = new Transform({ objectMode: true, transform: (chunk, _, next) => next(null, chunk + 10) });
    await pipeline(lined.given, upper, sink());
    expect(read).toEqual([0, 1, 10, 11]);
    const over = following(new PassThrough());
    const told = new Promise((resolve) => finished(over.given, resolve));
    over.given.end();
    over.given.resume();
    expect(await told).toBeUndefined();
    await turns();
    for (const { ends } of [piped, lined, over]) expect(ends.map(ended)).toEqual(['success']);
  });

  test('what is over before it is followed has ended', async () => {
    const done = Readable.from([]);
    done.resume();
    await turns();
    expect(following(done).ends.map(ended)).toEqual(['success']);
    const failed = new Readable({ read() {} });
    const boom = new Error('boom');
    failed.on('error', () => {}).destroy(boom);
    await turns();
    expect(following(failed).ends.map(ended)).toEqual([boom]);
  });

  test('are not idle while somebody reads them, in whatever way', () => {
    for (const read of [
      (stream: Readable) => void stream.on('data', () => {}),
      (stream: Readable) => void stream.on('readable', () => {}),
    ]) {
      const { given, ends, clock } = following(new Readable({ read() {} }));
      read(given);
      clock.advance(STREAM_DEADLINE_MILLIS);
      openStreams.sweep();
      expect(ends).toEqual([]);
      given.pause();
      given.removeAllListeners('readable');
      clock.advance(STREAM_DEADLINE_MILLIS);
      openStreams.sweep();
      expect(ends.map(ended)).toEqual(['abandoned']);
      given.destroy();
    }
  });

  test('a method of its own stays as visible as it was', () => {
    const { given } = following(new Duplex({ read() {}, write() {} }));
    expect(Object.getOwnPropertyDescriptor(given, '_read')?.enumerable).toBe(true);
    given.destroy();
    openStreams.sweep(0);
  });
});

describe('observables', () => {
  /** As a library: an error that nobody takes is thrown by it. */
  class Library {
    readonly observers: Partial<Observer>[] = [];
    readonly stopped: unknown[] = [];
    subscribe(...[first, error, complete]: unknown[]): unknown {
      const observer =
        typeof first === 'object' && first !== null ? first : ({ next: first, error, complete } as object);
      this.observers.push(observer);
      const subscription = { unsubscribe: () => void this.stopped.push(observer) };
      (observer as { add?(other: object): void }).add?.(subscription.unsubscribe);
      return subscription;
    }
    ['@@observable'](): unknown {
      return this;
    }
  }

  test('functions and observers are told what they were told', () => {
    const library = following(new Library());
    const told: unknown[] = [];
    library.given.subscribe(
      (value: unknown) => told.push(value),
      undefined,
      () => told.push('complete'),
    );
    library.given.observers[0]!.next!(1);
    library.given.observers[0]!.complete!();
    const observer = {
      values: [] as unknown[],
      limit: 3,
      next(value: unknown) {
        this.values.push(value);
      },
    };
    library.given.subscribe(observer);
    library.given.observers[1]!.next!(2);
    library.given.observers[1]!.complete!();
    expect((library.given.observers[1] as typeof observer).limit).toBe(3);
    expect(told).toEqual([1, 'complete']);
    expect(observer.values).toEqual([2]);
    expect(library.ends.map(ended)).toEqual(['success']);
  });

  test('an error is thrown where nobody takes it, and taken where somebody does', () => {
    const broken = new RangeError('broke off');
    const nobody = following(new Library());
    nobody.given.subscribe();
    expect(() => nobody.given.observers[0]!.error!(broken)).toThrow(broken);
    const somebody = following(new Library());
    const taken: unknown[] = [];
    somebody.given.subscribe({ error: (error: unknown) => taken.push(error) });
    somebody.given.observers[0]!.error!(broken);
    expect(taken).toEqual([broken]);
    for (const { ends } of [nobody, somebody]) expect(ends.map(ended)).toEqual([broken]);
  });

  test('a subscriber that a library hands on stays the same one', () => {
    const subscriber = () => {
      const teardowns: (() => void)[] = [];
      return {
        closed: false,
        teardowns,
        next() {},
        error() {},
        complete() {},
        add: (teardown: () => void) => void teardowns.push(teardown),
        unsubscribe: () => teardowns.forEach((teardown) => teardown()),
      };
    };
    for (const [act, expected] of [
      [(one: ReturnType<typeof subscriber>) => one.complete(), 'success'],
      [(one: ReturnType<typeof subscriber>) => one.unsubscribe(), 'success'],
      [(one: ReturnType<typeof subscriber>) => (one.error as (e: unknown) => void)('broken'), 'broken'],
    ] as const) {
      const { given, ends } = following(new Library());
      const one = subscriber();
      given.subscribe(one);
      expect(given.observers[0]).toBe(one);
      act(one);
      one.unsubscribe();
      expect(ends.map(ended)).toEqual([expected]);
    }
  });

  test('a subscription that goes on is not idle; two of them end when both are left', () => {
    const { given, ends, clock } = following(new Library());
    const [one, other] = [given.subscribe({}), given.subscribe({})] as { unsubscribe(): void }[];
    clock.advance(STREAM_DEADLINE_MILLIS);
    openStreams.sweep();
    one!.unsubscribe();
    expect(ends).toEqual([]);
    other!.unsubscribe();
    other!.unsubscribe();
    expect(ends.map(ended)).toEqual(['success']);
    expect(given.stopped).toHaveLength(3);
  });

  test('what throws where it is subscribed to has failed, and what cannot be watched is not seen', () => {
    const broken = new RangeError('broke off');
    const throwing = following({
      subscribe: (): unknown => {
        throw broken;
      },
      ['@@observable']() {},
    });
    expect(() => throwing.given.subscribe()).toThrow(broken);
    expect(throwing.ends.map(ended)).toEqual([broken]);
    const frozen = following({
      subscribe: () => Object.freeze({ unsubscribe() {} }),
      ['@@observable']() {},
    });
    frozen.given.subscribe();
    expect(frozen.ends.map(ended)).toEqual(['not_followed']);
    const silent = following({
      subscribe: (observer?: Partial<Observer>) => (observer?.complete?.(), 1),
      ['@@observable']: () => 1,
    });
    expect(silent.given.subscribe()).toBe(1);
    expect(silent.given['@@observable']()).toBe(1);
    expect(silent.ends.map(ended)).toEqual(['success']);
  });

  test('what another library makes of it by Symbol.observable is watched too', () => {
    const inner = new Library();
    const { given, ends } = following({ subscribe: () => undefined, ['@@observable']: () => inner });
    const observable = given['@@observable']();
    expect(observable).toBe(inner);
    inner.subscribe({});
    inner.observers[0]!.complete!();
    expect(ends.map(ended)).toEqual(['success']);
  });

  test('they are told by Symbol.observable, where it is defined', () => {
    const key = Symbol('observable');
    Object.defineProperty(Symbol, 'observable', { value: key, configurable: true });
    try {
      expect(lazyKind({ subscribe() {}, [key]() {} })).toBeDefined();
      expect(lazyKind(new Observable({ chunks: 1 }))).toBeDefined();
    } finally {
      delete (Symbol as { observable?: symbol }).observable;
    }
  });
});

test('past the most that are followed at once, an end is not seen', () => {
  const open = new OpenStreams(1);
  const ends: FollowedEnd<unknown>[] = [];
  const follower = {
    clock: fakeClock().now,
    contextOf: () => undefined as never,
    ended: (end: FollowedEnd<unknown>) => {
      ends.push(end);
      throw new Error('of no concern');
    },
  };
  const [one, other] = [1, 2].map(() => new FollowedStream(open, () => false));
  one!.add(follower);
  one!.add(follower);
  other!.add(follower);
  expect(ends.map(ended)).toEqual(['not_followed']);
  one!.end({ threw: false, value: 1 });
  expect(ends).toHaveLength(3);
  open.sweep();
  expect(open.size).toBe(0);
});

test('the timer that looks at open streams is one, and ends with them', () => {
  const { given } = following(produceNow({ chunks: 1 }));
  openStreams.sweep();
  expect(openStreams.size).toBeGreaterThan(0);
  expect([...given]).toEqual([0]);
  openStreams.sweep(0);
  expect(openStreams.size).toBe(0);
  openStreams.sweep();
});
