import type { Outcome } from './outcome.js';
import { overlay, type AnyMethod, type Readers } from './followed-stream.js';

/**
 * Sees what readers do with `target`: `source`, which the host was given, or what came out of it. Throws where nothing can
 * be put on it.
 */
export type FollowKind = (readers: Readers, target: object, source: object) => void;

/** An iterator, sync or async, as a generator object. */
export const followIterator: FollowKind = (readers, iterator, source) => {
  readers.add();
  let over = false;
  const step = (finished: () => void) => (original: AnyMethod) =>
    function (this: unknown, ...args: unknown[]): unknown {
      return readers.stream.callLater(original, this, args, (outcome) => {
        if (over || !(outcome.threw || isDone(outcome))) return;
        over = true;
        if (outcome.threw) readers.failed(outcome.error);
        else finished();
      });
    };
  const done = step(() => readers.done(source));
  const stopped = step(() => readers.leave(source));
  overlay(iterator, 'next', done);
  overlay(iterator, 'throw', stopped);
  if (!overlay(iterator, 'return', stopped)) addReturn(iterator, stopped);
};

/** What has a method that gives iterators, and perhaps one that gives two of its like. */
export const followAsyncIterable: FollowKind = (readers, iterable, source) => {
  const { next } = iterable as { next?: unknown };
  if (typeof next === 'function') followIterator(readers, iterable, source);
  followIteratorsOf(readers, iterable, source, Symbol.asyncIterator);
  followBranches(readers, iterable, source, followAsyncIterable);
};

/** The iterators that a method gives. */
export function followIteratorsOf(readers: Readers, target: object, source: object, key: PropertyKey): void {
  const known = new WeakSet<object>([target]);
  overlay(target, key, (original) => {
    return function (...args) {
      const iterator = readers.stream.call(original, this, args);
      if (iterator === null || typeof iterator !== 'object' || known.has(iterator)) return iterator;
      known.add(iterator);
      followOrLose(readers, iterator, source, followIterator);
      return iterator;
    };
  });
}

/** `tee` reads by ways that are not seen, but what it gives is. */
export function followBranches(readers: Readers, target: object, source: object, kind: FollowKind): void {
  overlay(target, 'tee', (original) => {
    return function (...args) {
      const branches = readers.stream.call(original, this, args);
      if (!Array.isArray(branches)) return branches;
      for (const branch of branches as object[]) followOrLose(readers.branch(), branch, source, kind);
      return branches as unknown;
    };
  });
}

export function followOrLose(readers: Readers, target: object, source: object, kind: FollowKind): void {
  try {
    kind(readers, target, source);
  } catch {
    readers.lost();
  }
}

/** Throws nothing: `outcome` may hold what refuses to be read. */
function isDone(outcome: Outcome<unknown>): boolean {
  try {
    return Boolean((outcome as { value?: { done?: unknown } }).value?.done);
  } catch {
    return false;
  }
}

/** An iterator may have no `return`; then a loop that is left early would tell nobody. */
function addReturn(iterator: object, stopped: (original: AnyMethod) => AnyMethod): void {
  const isAsync = Symbol.asyncIterator in iterator || !(Symbol.iterator in iterator);
  const end = (value: unknown) => ({ value, done: true });
  const method = stopped(isAsync ? async (value) => end(value) : end);
  Object.defineProperty(iterator, 'return', { value: method, writable: true, configurable: true });
}
