import type { EventEmitter } from 'node:events';

type EventName = string | symbol;
type Listener = (...args: never[]) => unknown;
type AddListener = (this: unknown, event: EventName, listener: Listener) => unknown;

const ADDING = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const;
const REMOVING = ['removeListener', 'off'] as const;

/**
 * Lets every listener that is added from now on be the one that `bind` makes of it. Listeners are still removed by the
 * function that the caller knows.
 */
export function bindEmitter(emitter: EventEmitter, bind: (listener: Listener) => Listener): void {
  const methods = emitter as unknown as Record<string, AddListener | undefined>;
  const bound = new WeakMap<Listener, Listener>();
  let adding = false;

  for (const name of ADDING) {
    const original = methods[name];
    if (original === undefined) continue;
    methods[name] = function (event, listener) {
      // `once` calls `on` with a wrapper, which the emitter must find again: that one is not bound a second time.
      if (adding || typeof listener !== 'function') return original.call(this, event, listener);
      let ours = bound.get(listener);
      if (ours === undefined) bound.set(listener, (ours = bind(listener)));
      adding = true;
      try {
        return original.call(this, event, ours);
      } finally {
        adding = false;
      }
    };
  }
  for (const name of REMOVING) {
    const original = methods[name];
    if (original === undefined) continue;
    methods[name] = function (event, listener) {
      const before = emitter.listenerCount(event);
      const ours = typeof listener === 'function' ? bound.get(listener) : undefined;
      const result = original.call(this, event, ours ?? listener);
      // It may have been added before the emitter was bound.
      if (ours !== undefined && emitter.listenerCount(event) === before)
        return original.call(this, event, listener);
      return result;
    };
  }
}
