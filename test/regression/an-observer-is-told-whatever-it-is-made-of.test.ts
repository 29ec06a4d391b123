import { observed } from './support.js';

// What stood for the host's observer was a proxy of it. Of a frozen one a proxy must give the very members, and it gave
// others: subscribing threw a TypeError.

interface Observer {
  next?(value: unknown): void;
  error?(error: unknown): void;
  complete?(): void;
}

/** As libraries do: it looks at its observer's members when it calls them, and throws an error that nobody takes. */
class Source {
  constructor(private readonly fails?: Error) {}
  subscribe(observer: Observer): { unsubscribe(): void } {
    observer.next?.(1);
    if (this.fails === undefined) observer.complete?.();
    else if (observer.error) observer.error(this.fails);
    else throw this.fails;
    return { unsubscribe() {} };
  }
  ['@@observable'](): this {
    return this;
  }
}

const broken = new RangeError('broke off');
let told: unknown[];
beforeEach(() => (told = []));
const members = (): Required<Observer> => ({
  next: (value) => told.push(value),
  error: (error) => told.push(error),
  complete: () => told.push('complete'),
});
const fixed = (observer: Observer): Observer => {
  for (const key of Object.keys(observer))
    Object.defineProperty(observer, key, { writable: false, configurable: false });
  return observer;
};
class Private implements Observer {
  readonly #told = told;
  next(value: unknown): void {
    this.#told.push(value);
  }
  error(error: unknown): void {
    this.#told.push(error);
  }
  complete(): void {
    this.#told.push('complete');
  }
}
/** What a library takes for a subscriber of its own, and can put nothing on. */
const subscriber = (): Observer =>
  Object.freeze({ ...members(), closed: false, add() {}, remove() {}, unsubscribe() {} });

const OBSERVERS: Record<string, () => Observer> = {
  'a plain object': members,
  'a frozen object': () => Object.freeze(members()),
  'a sealed object': () => Object.seal(members()),
  'fixed members': () => fixed(members()),
  'an instance with private fields': () => new Private(),
  'a frozen instance with private fields': () => Object.freeze(new Private()),
  'a frozen heir': () => Object.freeze(Object.create(Object.freeze(members())) as Observer),
  'a frozen subscriber': subscriber,
};
const observing = (source: Source): Source => observed().execute({ agentId: 'a', action: 'x' }, () => source);

describe.each(Object.entries(OBSERVERS))('%s', (_, make) => {
  it('is told of values and of the end', () => {
    observing(new Source()).subscribe(make());
    expect(told).toEqual([1, 'complete']);
  });

  it('is told of an error', () => {
    observing(new Source(broken)).subscribe(make());
    expect(told).toEqual([1, broken]);
  });
});

it.each(['next', 'error', 'complete'] as const)('is told by %s alone, though frozen', (key) => {
  const observer = (): Observer => Object.freeze({ [key]: members()[key] });
  observing(new Source()).subscribe(observer());
  expect(told).toEqual({ next: [1], error: [], complete: ['complete'] }[key]);
  const failing = () => observing(new Source(broken)).subscribe(observer());
  if (key === 'error') expect(failing).not.toThrow();
  else expect(failing).toThrow(broken);
});

it('is what it was to a library that looks at it, or puts something on it', () => {
  class Looking extends Source {
    override subscribe(observer: Observer & { closed?: boolean; note?: string }) {
      told.push(observer instanceof Private, 'next' in observer, 'other' in observer);
      observer.note = 'mine';
      const heir = Object.create(observer) as typeof observer;
      heir.closed = true;
      told.push(observer.note, heir.closed, observer.closed);
      return super.subscribe(heir);
    }
  }
  observing(new Looking()).subscribe(new Private());
  expect(told).toEqual([true, true, false, 'mine', true, undefined, 1, 'complete']);
});

it.each(Object.entries({ plain: members, frozen: () => Object.freeze(members()) }))(
  'a copy of one that is %s is told by a library too',
  (_, make) => {
    class Copying extends Source {
      override subscribe(observer: Observer) {
        told.push(Object.keys(observer).join());
        return super.subscribe({ ...observer });
      }
    }
    observing(new Copying()).subscribe(make());
    expect(told).toEqual([Object.keys(members()).join(), 1, 'complete']);
  },
);
