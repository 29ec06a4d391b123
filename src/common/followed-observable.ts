import { overlay, type AnyMethod, type Readers } from './followed-stream.js';
import { followOrLose, type FollowKind } from './followed-iterators.js';

/** What libraries use where nobody has defined `Symbol.observable`. */
const AT_OBSERVABLE = '@@observable';

/** The key under which an observable says that it is one. */
function observableKey(): PropertyKey {
  return (Symbol as { observable?: symbol }).observable ?? AT_OBSERVABLE;
}

export function isObservable(value: object): boolean {
  const { [observableKey()]: own, [AT_OBSERVABLE]: at, subscribe } = value as Record<PropertyKey, unknown>;
  return typeof subscribe === 'function' && (typeof own === 'function' || typeof at === 'function');
}

/** An observable: each subscription is a reader, and its work goes on from then to its end. */
export const followObservable: FollowKind = (readers, target, source) => {
  overlay(target, 'subscribe', (original) => subscribed(readers, source, original));
  for (const key of new Set([observableKey(), AT_OBSERVABLE])) {
    overlay(target, key, (original) => {
      return function (...args) {
        const observable = readers.stream.call(original, this, args);
        if (typeof observable === 'object' && observable !== null && observable !== target)
          followOrLose(readers, observable, source, (_, other) => {
            overlay(other, 'subscribe', (inner) => subscribed(readers, source, inner));
          });
        return observable;
      };
    });
  }
};

function subscribed(readers: Readers, source: object, original: AnyMethod): AnyMethod {
  return function (...args) {
    const subscription = new Subscription(readers, source);
    try {
      const result = readers.stream.call(original, this, subscription.watched(args));
      if (typeof result === 'object' && result !== null) subscription.watchEnd(result);
      return result;
    } catch (error) {
      subscription.failed(error);
      throw error;
    }
  };
}

/** One subscription; it ends once. */
class Subscription {
  private over = false;

  constructor(
    private readonly readers: Readers,
    private readonly source: object,
  ) {
    readers.add();
    readers.stream.began();
  }

  /** The arguments of `subscribe`, with an observer that tells us. */
  watched([given, error, complete, ...rest]: unknown[]): unknown[] {
    const isObserver = typeof given === 'object' && given !== null;
    if (!isObserver) return [this.observer({ next: given, error, complete })];
    if (isSubscriber(given)) this.watchSubscriber(given);
    return [isSubscriber(given) ? given : this.observer(given), error, complete, ...rest];
  }

  /** A subscription that the host ends. */
  watchEnd(subscription: object): void {
    this.laying(() =>
      overlay(subscription, 'unsubscribe', (original) => this.telling(original, () => this.stopped())),
    );
  }

  failed(error: unknown): void {
    this.end(() => this.readers.failed(error));
  }

  /** RxJS hands on a subscriber of its own, which must stay the same one. */
  private watchSubscriber(subscriber: Subscriber): void {
    this.laying(() => {
      overlay(subscriber, 'error', (original) => this.telling(original, (error) => this.failed(error)));
      overlay(subscriber, 'complete', (original) => this.telling(original, () => this.done()));
      subscriber.add(() => this.stopped());
    });
  }

  /** The end of what cannot be changed, as it is frozen, is not seen. */
  private laying(lay: () => void): void {
    try {
      lay();
    } catch {
      this.readers.lost();
    }
  }

  private telling(original: AnyMethod, told: (argument: unknown) => void): AnyMethod {
    return function (...args) {
      told(args[0]);
      return Reflect.apply(original, this, args);
    };
  }

  /** An observer as the given one. An error that it does not take is thrown, as the library itself would. */
  private observer(given: object): object {
    const error = (reason: unknown): unknown => {
      this.failed(reason);
      const { error: take } = given as { error?: unknown };
      if (typeof take === 'function') return Reflect.apply(take, given, [reason]);
      throw reason;
    };
    const complete = (...args: unknown[]): unknown => {
      this.done();
      const { complete: take } = given as { complete?: unknown };
      return typeof take === 'function' ? Reflect.apply(take, given, args) : undefined;
    };
    const replaced = (value: unknown) => ({ value, writable: true, configurable: true });
    const own = { error: replaced(error), complete: replaced(complete) };
    // An heir, since a proxy must give the very members of its target that are fixed, as those of a frozen one are. A
    // library may copy or list the members: those of the observer stand on it as they do there.
    return new Proxy(Object.create(given, own) as object, {
      ownKeys: (heir) => [...new Set([...Reflect.ownKeys(given), ...Reflect.ownKeys(heir)])],
      getOwnPropertyDescriptor(heir, key) {
        const [ours, theirs] = [heir, given].map((one) => Reflect.getOwnPropertyDescriptor(one, key));
        const found = ours ?? theirs;
        return found && { ...found, enumerable: theirs?.enumerable === true, configurable: true };
      },
      get(heir, key) {
        if (Object.hasOwn(heir, key)) return Reflect.get(heir, key) as unknown;
        const value: unknown = Reflect.get(given, key);
        return typeof value === 'function' ? (value as AnyMethod).bind(given) : value;
      },
    });
  }

  private done(): void {
    this.end(() => this.readers.done(this.source));
  }

  private stopped(): void {
    this.end(() => this.readers.leave(this.source));
  }

  private end(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    this.readers.stream.settled();
    tell();
  }
}

interface Subscriber {
  add(teardown: () => void): void;
}

function isSubscriber(observer: object): observer is Subscriber {
  const { add, unsubscribe } = observer as Record<string, unknown>;
  return typeof add === 'function' && typeof unsubscribe === 'function';
}
