import { followAsyncIterable, followIterator, type FollowKind } from './followed-iterators.js';
import { endedBefore, followNodeStream, isBeingRead, isNodeStream } from './followed-node-stream.js';
import { followObservable, isObservable } from './followed-observable.js';
import { FollowedStream, OpenStreams, Readers, type Follower } from './followed-stream.js';
import { followWebStream, isWebStream } from './followed-web-stream.js';
import { isThenable, observeSettlement } from './outcome.js';

/**
 * What a host's function has returned may be only the start of its work: a promise, a generator or another iterator, an
 * async iterable, a stream of Node or of the platform, an observable, or a promise of one of these. All else is a value,
 * and its function has ended: arrays, Maps, what can only be written to, and a `Response`, whose work is done with its
 * headers. Whoever wants the body followed returns that.
 */
export type Lazy = 'promise' | FollowKind;

/** The streams of this process that are followed. */
export const openStreams = new OpenStreams();

/** Of each object that something was put on, once, its readers. */
const followed = new WeakMap<object, Readers>();
const never = (): boolean => false;

/** Whether there is more to come of a value, and of which kind; undefined for one that is all there is. Never throws. */
export function lazyKind(value: unknown): Lazy | undefined {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
  if (isThenable(value)) return 'promise';
  return typeof value === 'object' ? streamKind(value) : undefined;
}

function streamKind(value: object): FollowKind | undefined {
  try {
    if (Array.isArray(value)) return undefined;
    const { pipe, getReader, subscribe, next } = value as Record<string, unknown>;
    if (pipe !== undefined && isNodeStream(value)) return followNodeStream;
    if (getReader !== undefined && isWebStream(value)) return followWebStream;
    if (subscribe !== undefined && isObservable(value)) return followObservable;
    if (typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function')
      return followAsyncIterable;
    if (typeof next !== 'function') return undefined;
    return typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
      ? followIterator
      : undefined;
  } catch {
    return undefined; // What refuses to be read is read by nobody.
  }
}

/**
 * Follows a lazy value to its end, and tells the follower once. What is given back is for the host in place of the value: a
 * stream is the same object, with methods of its own laid over those it had, hidden from enumeration; a promise is another
 * one that settles alike, with the same value. Never throws.
 */
export function follow<T>(value: T, kind: Lazy, follower: Follower): T {
  if (kind !== 'promise') return followStream(value as T & object, kind, follower);
  return observeSettlement(value as PromiseLike<unknown>, (outcome) => {
    const inner = outcome.threw ? undefined : lazyKind(outcome.value);
    if (inner === undefined || inner === 'promise' || outcome.threw) follower.ended(outcome);
    else followStream(outcome.value as object, inner, follower);
  }) as T;
}

function followStream<T extends object>(value: T, kind: FollowKind, follower: Follower): T {
  let readers = followed.get(value);
  const isNew = readers === undefined;
  readers ??= new Readers(
    new FollowedStream(openStreams, kind === followNodeStream ? isBeingRead(value) : never),
  );
  readers.stream.add(follower);
  try {
    if (kind === followNodeStream && endedBefore(readers, value)) return value;
    if (isNew) {
      followed.set(value, readers);
      kind(readers, value, value);
    }
  } catch {
    followed.delete(value); // It is frozen, or has methods that are.
    readers.lost();
  }
  return value;
}
