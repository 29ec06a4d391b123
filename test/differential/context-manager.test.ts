import { EventEmitter } from 'node:events';
import { createContextKey, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AsyncContextManager } from '../../src/pipeline/context/async-context-manager.js';

const KEY = createContextKey('name');
const named = (name: string): Context => ROOT_CONTEXT.setValue(KEY, name);
const A = named('a');
const B = named('b');

const MANAGERS = {
  ours: () => new AsyncContextManager().enable(),
  official: () => new AsyncLocalStorageContextManager().enable(),
};

describe.each(Object.entries(MANAGERS))('a context manager (%s)', (_, create) => {
  const manager = create();
  const active = (): unknown => manager.active().getValue(KEY);
  afterEach(() => manager.disable());

  it('has the root context where none is active', () => {
    expect(manager.active()).toBe(ROOT_CONTEXT);
    expect(manager.with(undefined as never, () => manager.active())).toBe(ROOT_CONTEXT);
  });

  it('runs a function in a context, with its receiver, arguments and result', () => {
    const receiver = { name: 'receiver' };
    function sum(this: unknown, ...numbers: number[]): unknown[] {
      return [active(), this, ...numbers];
    }
    expect(manager.with(A, sum, receiver as never, 1, 2)).toEqual(['a', receiver, 1, 2]);
    expect(manager.with(A, (one: number) => [active(), one], undefined, 1)).toEqual(['a', 1]);
    expect(active()).toBeUndefined();
  });

  it('restores the outer context, also where the function throws', () => {
    manager.with(A, () => {
      const fail = (): never => {
        throw new Error('no');
      };
      expect(() => manager.with(B, fail)).toThrow('no');
      expect(active()).toBe('a');
    });
    expect(active()).toBeUndefined();
  });

  it('keeps the context through promises, timers and microtasks, each flow its own', async () => {
    const seen = async (): Promise<unknown[]> => {
      const names = [active()];
      await Promise.resolve();
      names.push(active());
      await new Promise((resolve) => setImmediate(resolve));
      names.push(active());
      await new Promise<void>((resolve) => process.nextTick(resolve));
      return [...names, active()];
    };
    const flows = await Promise.all([manager.with(A, seen), manager.with(B, seen), seen()]);
    expect(flows).toEqual(['a', 'b', undefined].map((name) => Array<unknown>(4).fill(name)));
  });

  it('binds a function, which keeps its receiver, arguments and number of parameters', () => {
    function handler(this: unknown, one: number, two: number): unknown[] {
      return [active(), this, one, two];
    }
    const bound = manager.bind(A, handler);
    const receiver = {};
    expect(bound.length).toBe(2);
    expect(manager.with(B, () => bound.call(receiver, 1, 2))).toEqual(['a', receiver, 1, 2]);
  });

  it.each([undefined, null, 5, 'text'])('binds nothing to %p', (target) => {
    expect(manager.bind(A, target)).toBe(target);
  });

  it('binds nothing to an object that is no emitter', () => {
    const target = { on: () => 'unchanged' };
    expect(manager.bind(A, target)).toBe(target);
    expect(target.on()).toBe('unchanged');
  });

  describe('of an emitter', () => {
    const calls: unknown[] = [];
    const listener = (): unknown => calls.push(active());
    beforeEach(() => (calls.length = 0));

    it.each(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const)(
      'binds what %s adds, which off and removeListener take away',
      (add) => {
        const emitter = manager.bind(A, new EventEmitter());
        emitter[add]('event', listener).emit('event');
        expect(calls).toEqual(['a']);
        emitter.removeAllListeners();
        for (const remove of ['off', 'removeListener'] as const) {
          emitter[add]('event', listener)[remove]('event', listener);
          expect(emitter.listenerCount('event')).toBe(0);
        }
      },
    );

    it('leaves the listeners that were there, which can still be taken away', () => {
      const emitter = new EventEmitter().on('event', listener);
      manager.bind(A, emitter);
      emitter.emit('event');
      expect(calls).toEqual([undefined]);
      emitter.off('event', listener);
      expect(emitter.listenerCount('event')).toBe(0);
    });

    it('takes all listeners away, of one event or of all', () => {
      const emitter = manager.bind(A, new EventEmitter());
      emitter.on('one', listener).on('two', listener);
      emitter.removeAllListeners('one');
      expect([emitter.listenerCount('one'), emitter.listenerCount('two')]).toEqual([0, 1]);
      emitter.removeAllListeners();
      expect(emitter.eventNames()).toEqual([]);
      emitter.on('one', listener).emit('one');
      expect(calls).toEqual(['a']);
    });

    it('keeps the first context, whatever it is bound to again', () => {
      const emitter = new EventEmitter();
      expect(manager.bind(A, emitter)).toBe(emitter);
      expect(manager.bind(B, emitter)).toBe(emitter);
      emitter.on('event', listener).emit('event');
      expect(calls).toEqual(['a']);
    });

    it('refuses what is no listener, as any emitter', () => {
      const emitter = manager.bind(A, new EventEmitter());
      expect(() => emitter.on('event', 5 as never)).toThrow();
    });

    it('tells newListener the event that is listened to', () => {
      const emitter = manager.bind(A, new EventEmitter());
      const events: unknown[] = [];
      emitter.on('newListener', (event) => events.push(event));
      emitter.once('event', listener);
      expect(events).toEqual(['event']);
    });
  });

  it('attaches a context to the rest of a flow, until the token is disposed of', async () => {
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        const token = manager.attach(A);
        const inner = manager.attach(B);
        expect(active()).toBe('b');
        inner.dispose();
        expect(active()).toBe('a');
        token.dispose();
        token.dispose();
        expect(manager.active()).toBe(ROOT_CONTEXT);
        resolve();
      });
    });
  });

  it('forgets the active context when it is disabled, and works on afterwards', () => {
    manager.with(A, () => {
      manager.disable();
      expect(manager.active()).toBe(ROOT_CONTEXT);
    });
    manager.enable();
    expect(manager.with(A, active)).toBe('a');
  });
});

test('a listener that is added twice to a bound emitter of ours is taken away twice', () => {
  const emitter = MANAGERS.ours().bind(A, new EventEmitter());
  const listener = (): void => {};
  emitter.on('event', listener).on('event', listener);
  emitter.off('event', listener).off('event', listener);
  expect(emitter.listenerCount('event')).toBe(0);
});
