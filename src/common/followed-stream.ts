import type { Clock } from './clock.js';
import { isThenable, observeReturned, type Outcome } from './outcome.js';
import { every, type Stop } from './timers.js';

/** Time after which a stream that nobody reads is given up: as far as anybody can see, it never ends. */
export const STREAM_DEADLINE_MILLIS = 5 * 60_000;
const SWEEP_MILLIS = 30_000;
/** Streams followed at once; of one more, the end is not seen. */
const MAX_OPEN = 100_000;

/** Calls a function once, in the context that a stream's work belongs to. */
export type Enter = <A extends unknown[], R>(call: (...args: A) => R, args: A) => R;

/** The end of a stream was not seen: nobody read it in time, or nothing can be put on it, as on a frozen object. */
export interface Unseen {
  readonly threw: false;
  readonly unseen: 'abandoned' | 'not_followed';
  /** Time since it was last read; 0 where it is not followed. */
  readonly idleMillis: number;
}

/** How what a function returned came to its end. A reader that stops early is a success: it had what it wanted. */
export type FollowedEnd<T> = Outcome<T> | Unseen;

export function isUnseen<T>(end: FollowedEnd<T>): end is Unseen {
  return (end as Partial<Unseen>).unseen !== undefined;
}

/** Somebody who wants to know how a stream ends. */
export interface Follower {
  readonly clock: Clock;
  /** Asked once, when there turns out to be a stream. */
  contextOf(): Enter;
  /** Called once. What it throws is nobody's. */
  ended(end: FollowedEnd<unknown>): void;
}

interface Following {
  readonly follower: Follower;
  readonly enter: Enter;
  movedAtMillis: number;
}

/**
 * One stream, its followers, and what its readers do. It must not hold the stream, so that one that nobody reads can be
 * collected.
 */
export class FollowedStream {
  private following: Following[] = [];
  private enter: Enter | undefined;
  private pending = 0;

  constructor(
    private readonly open: OpenStreams,
    /** Whether somebody reads it by ways that are not seen here. */
    private readonly busy: () => boolean,
  ) {}

  add(follower: Follower): void {
    if (!this.open.add(this)) return tell(follower, NOT_FOLLOWED);
    const one = { follower, enter: follower.contextOf(), movedAtMillis: follower.clock() };
    if (this.following.push(one) === 1) this.enter = one.enter;
  }

  /** Calls a method of the stream in the context of the innermost follower, in which the stream was made. */
  call(method: AnyMethod, self: unknown, args: unknown[]): unknown {
    this.moved();
    return this.enter === undefined
      ? Reflect.apply(method, self, args)
      : this.enter(Reflect.apply<unknown, unknown[], unknown>, [method, self, args]);
  }

  /** The same for what may answer later. The promise settles alike; until it does, the stream is not idle. */
  callLater(
    method: AnyMethod,
    self: unknown,
    args: unknown[],
    answered: (outcome: Outcome<unknown>) => void,
  ): unknown {
    let result: unknown;
    try {
      result = this.call(method, self, args);
    } catch (error) {
      answered({ threw: true, error });
      throw error;
    }
    if (!isThenable(result)) {
      answered({ threw: false, value: result });
      return result;
    }
    this.began();
    return observeReturned(result, (outcome) => {
      this.settled();
      answered(outcome);
    });
  }

  /** Something goes on until it has settled. */
  began(): void {
    this.pending++;
  }

  settled(): void {
    this.pending--;
    this.moved();
  }

  end(end: FollowedEnd<unknown>): void {
    const { following } = this;
    this.following = [];
    this.open.delete(this);
    for (const { follower } of following) tell(follower, end);
  }

  /** Gives up what has been idle for so long. */
  sweep(deadlineMillis: number): void {
    if (this.pending > 0 || this.busy()) return this.moved();
    const kept: Following[] = [];
    const given: [Follower, Unseen][] = [];
    for (const one of this.following) {
      const idleMillis = one.follower.clock() - one.movedAtMillis;
      if (idleMillis < deadlineMillis) kept.push(one);
      else given.push([one.follower, { threw: false, unseen: 'abandoned', idleMillis }]);
    }
    this.following = kept;
    if (kept.length === 0) this.open.delete(this);
    for (const [follower, end] of given) tell(follower, end);
  }

  private moved(): void {
    for (const one of this.following) one.movedAtMillis = one.follower.clock();
  }
}

const NOT_FOLLOWED: Unseen = { threw: false, unseen: 'not_followed', idleMillis: 0 };

/**
 * The readers of a stream, or of a branch of it. It is done when one of them has seen its end, has failed when one has seen
 * that, and was stopped when all have left it.
 */
export class Readers {
  private count = 0;

  constructor(
    readonly stream: FollowedStream,
    private readonly trunk?: Readers,
  ) {}

  /** Those of one branch. All branches are left before the stream is. */
  branch(): Readers {
    this.add();
    return new Readers(this.stream, this);
  }

  add(): void {
    this.count++;
  }

  /** A reader is gone, and another may come. */
  remove(): void {
    this.count--;
  }

  leave(value: unknown): void {
    this.remove();
    if (this.count > 0) return;
    if (this.trunk) this.trunk.leave(value);
    else this.done(value);
  }

  done(value: unknown): void {
    this.stream.end({ threw: false, value });
  }

  failed(error: unknown): void {
    this.stream.end({ threw: true, error });
  }

  /** What has to be put on a reader could not be. */
  lost(): void {
    this.stream.end(NOT_FOLLOWED);
  }
}

function tell(follower: Follower, end: FollowedEnd<unknown>): void {
  try {
    follower.ended(end);
  } catch {
    // Whoever follows costs the followed nothing.
  }
}

/** All streams that are followed. One timer looks at them, and only while there are any. */
export class OpenStreams {
  private readonly open = new Set<FollowedStream>();
  private stop: Stop | undefined;

  constructor(private readonly most = MAX_OPEN) {}

  get size(): number {
    return this.open.size;
  }

  add(stream: FollowedStream): boolean {
    if (this.open.size >= this.most && !this.open.has(stream)) return false;
    this.open.add(stream);
    this.stop ??= every(SWEEP_MILLIS, () => this.sweep());
    return true;
  }

  delete(stream: FollowedStream): void {
    this.open.delete(stream);
  }

  /** Gives up what nobody has read for too long. */
  sweep(deadlineMillis = STREAM_DEADLINE_MILLIS): void {
    for (const stream of this.open) stream.sweep(deadlineMillis);
    if (this.open.size > 0) return;
    this.stop?.();
    this.stop = undefined;
  }
}

export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Lays a method over that of one object, so that nobody sees it who does not ask for all own keys. False where there is no
 * such method; throws where nothing can be put on the object.
 */
export function overlay(
  target: object,
  key: PropertyKey,
  replace: (original: AnyMethod) => AnyMethod,
): boolean {
  const original: unknown = Reflect.get(target, key);
  if (typeof original !== 'function') return false;
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  const value = replace(original as AnyMethod);
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
  return true;
}
