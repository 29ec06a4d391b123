import { overlay, type AnyMethod, type Readers } from './followed-stream.js';
import { followBranches, followIteratorsOf, followOrLose, type FollowKind } from './followed-iterators.js';

type Method = (...args: unknown[]) => unknown;

/** As far as it is asked: a stream of any make. */
interface WebStream {
  readonly locked: boolean;
  readonly getReader: Method;
  readonly pipeTo: (...args: unknown[]) => Promise<void>;
}

interface StreamReader {
  readonly closed: Promise<unknown>;
  releaseLock(): void;
}

/** By shape, since a stream may be of another realm, or a host's own. */
export function isWebStream(value: object): boolean {
  const { getReader, tee, pipeTo } = value as Record<string, unknown>;
  return typeof getReader === 'function' && typeof tee === 'function' && typeof pipeTo === 'function';
}

/** A ReadableStream: its readers, iterators, pipes and branches. */
export const followWebStream: FollowKind = (readers, target, source) => {
  const getReader = (target as WebStream).getReader;
  overlay(target, 'getReader', (original) => {
    return function (...args) {
      const reader = readers.stream.call(original, this, args);
      followOrLose(readers, reader as object, source, followReader);
      return reader;
    };
  });
  overlay(target, 'cancel', (original) => {
    return function (...args) {
      // A locked stream refuses: it is its reader who may cancel it.
      const { locked } = target as WebStream;
      return readers.stream.callLater(original, this, args, (outcome) => {
        if (locked) return;
        if (outcome.threw) readers.failed(outcome.error);
        else readers.leave(source);
      });
    };
  });
  overlay(target, 'pipeTo', (original) => {
    return function (...args) {
      readers.add();
      return readers.stream.callLater(original, this, args, (outcome) => {
        if (outcome.threw) pipeFailed(readers, target, source, getReader, outcome.error);
        else readers.done(source);
      });
    };
  });
  overlay(target, 'pipeThrough', (original) => pipedThrough(readers, original));
  followIteratorsOf(readers, target, source, 'values');
  followIteratorsOf(readers, target, source, Symbol.asyncIterator);
  followBranches(readers, target, source, followWebStream);
};

/** A reader says by `closed` how the stream ended, and nobody has to handle that promise. */
const followReader: FollowKind = (readers, reader, source) => {
  readers.add();
  let cancelled = false;
  let released = false;
  overlay(reader, 'read', (original) => {
    return function (...args) {
      return readers.stream.callLater(original, this, args, () => {});
    };
  });
  overlay(reader, 'cancel', (original) => {
    return function (...args) {
      cancelled = true;
      return readers.stream.callLater(original, this, args, (outcome) => {
        if (outcome.threw) readers.failed(outcome.error);
        else readers.leave(source);
      });
    };
  });
  overlay(reader, 'releaseLock', (original) => {
    return function (...args) {
      if (!released) readers.remove();
      released = true;
      return Reflect.apply(original, this, args);
    };
  });
  (reader as StreamReader).closed.then(
    () => {
      if (!cancelled) readers.done(source);
    },
    (error: unknown) => {
      if (!released) readers.failed(error);
    },
  );
};

/** The stream has failed, or where it was piped to, which leaves the stream cancelled. The stream knows. */
function pipeFailed(
  readers: Readers,
  target: object,
  source: object,
  getReader: Method,
  error: unknown,
): void {
  try {
    const reader = Reflect.apply(getReader, target, []) as StreamReader;
    reader.closed.then(
      () => readers.leave(source),
      (reason: unknown) => (reason === error ? readers.failed(error) : readers.leave(source)),
    );
    reader.releaseLock();
  } catch {
    readers.remove(); // Somebody reads it: it was locked before, or is again.
  }
}

/** The platform pipes by ways that are not seen; this is what the specification says it does, by `pipeTo`. */
function pipedThrough(readers: Readers, original: AnyMethod): AnyMethod {
  return function (...args) {
    const [transform, options] = args as [
      Partial<TransformStream> | undefined,
      StreamPipeOptions | undefined,
    ];
    if (!canPipe(this as WebStream, transform, options)) return readers.stream.call(original, this, args);
    (this as WebStream).pipeTo(transform?.writable, options).catch(() => {});
    return transform?.readable;
  };
}

interface StreamPipeOptions {
  readonly signal?: unknown;
}

/** What may not be piped is refused by the platform, in its own words. */
function canPipe(
  stream: WebStream,
  transform: Partial<TransformStream> | undefined,
  options: StreamPipeOptions | undefined,
): boolean {
  const { readable, writable } = transform ?? {};
  const { signal } = options ?? {};
  if (!(readable instanceof ReadableStream && writable instanceof WritableStream)) return false;
  return !stream.locked && !writable.locked && (signal === undefined || signal instanceof AbortSignal);
}
