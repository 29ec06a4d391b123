import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';
import { bindEmitter } from './bound-emitter.js';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Keeps the active context through promises, timers and callbacks. */
export class AsyncContextManager implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();
  private readonly boundEmitters = new WeakSet<EventEmitter>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (thisArg === undefined || thisArg === null) return this.storage.run(context, fn, ...args);
    return this.storage.run(context, () => fn.apply(thisArg, args));
  }

  /** A function that runs in `context`, or an emitter whose later listeners do; anything else is returned as it is. */
  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) {
      if (!this.boundEmitters.has(target)) {
        this.boundEmitters.add(target);
        bindEmitter(target, (listener) => this.bindFunction(context, listener as AnyFunction));
      }
      return target;
    }
    return typeof target === 'function' ? (this.bindFunction(context, target as never) as T) : target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.storage.disable();
    return this;
  }

  /** Makes `context` active for the rest of this asynchronous flow, until the token is disposed of. */
  attach(context: Context): { dispose(): void } {
    const { storage } = this;
    const previous = this.active();
    let attached = true;
    storage.enterWith(context);
    return {
      dispose() {
        if (attached) storage.enterWith(previous);
        attached = false;
      },
    };
  }

  private bindFunction(context: Context, target: AnyFunction): AnyFunction {
    const { storage } = this;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return storage.run(context, () => target.apply(this, args));
    };
    // Frameworks ask for the number of parameters: Express tells error handlers by it.
    Object.defineProperty(bound, 'length', { value: target.length, configurable: true });
    return bound;
  }
}
