import { deepStrictEqual } from 'node:assert';
import type { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { bench } from '../governance/support.js';

/** A class whose instances are patched, as the probes of an unchanged host need it. */
export interface PatchedClass {
  readonly type: abstract new (...args: never[]) => object;
  /** An instance of the class, or of the subclass that is given. */
  make(type: new (...args: never[]) => object): object;
  instrument(governance: GovernanceInstrumentation, instance: object): () => void;
  /** Each patched method with arguments it can be called with. */
  readonly methods: Readonly<Record<string, readonly unknown[]>>;
}

type Methods = Record<string, jest.Mock>;
type Subclass = new (...args: never[]) => Methods;

/**
 * What a host can see of an instance, before and after it is instrumented: its keys, its equality, its spies, its
 * subclasses, its arguments, results and errors. A row for each patched class; what is said of one holds for all.
 */
export function describeUnchangedHost(rows: Readonly<Record<string, PatchedClass>>): void {
  describe.each(Object.entries(rows))('an instrumented %s', (_name, row) => {
    const made = (type = row.type as Subclass): Methods => row.make(type) as Methods;
    const prototype = row.type.prototype as Methods;
    const instrument = (instance: object): (() => void) => row.instrument(bench().governance, instance);
    const instrumented = (type?: Subclass): Methods => {
      const instance = made(type);
      instrument(instance);
      return instance;
    };
    const names = Object.keys(row.methods);
    const argumentsOf = (name: string): unknown[] => [...(row.methods[name] ?? []), Symbol('one more')];
    afterEach(() => jest.restoreAllMocks());

    test('shows the same keys, values and kind as before, and is equal to its twin', () => {
      const instance = made();
      const twin = Object.assign(
        Object.create(Object.getPrototypeOf(instance) as object) as object,
        instance,
      );
      const seen = (): unknown[] => [
        Object.entries(instance),
        inherits(instance),
        Object.getPrototypeOf(instance),
        instance.constructor,
        String(instance),
        JSON.stringify(instance),
      ];
      const before = seen();
      instrument(instance);
      seen().forEach((now, i) => expect(now).toStrictEqual(before[i]));
      expect({ ...instance }).toStrictEqual({ ...twin });
      expect(instance).toStrictEqual(twin);
      deepStrictEqual(instance, twin);
    });

    test('leaves its class, and all its other instances, as they are', () => {
      const before = Object.getOwnPropertyDescriptors(prototype);
      const other = made();
      const own = Object.getOwnPropertyDescriptors(other);
      instrumented();
      expect(Object.getOwnPropertyDescriptors(prototype)).toEqual(before);
      expect(Object.getOwnPropertyDescriptors(other)).toEqual(own);
    });

    test('has its own methods back when it is unwrapped', () => {
      const instance = made();
      const before = Object.getOwnPropertyDescriptors(instance);
      const unwrap = instrument(instance);
      for (const name of names) expect(Object.hasOwn(instance, name)).toBe(true);
      unwrap();
      expect(Object.getOwnPropertyDescriptors(instance)).toEqual(before);
    });

    test('works as before where it is frozen', () => {
      const instance = Object.freeze(made());
      const before = Object.getOwnPropertyDescriptors(instance);
      instrument(instance);
      expect(Object.getOwnPropertyDescriptors(instance)).toEqual(before);
    });

    describe.each(names)('in %s', (name) => {
      test('passes this, arguments and result on as they are', () => {
        const instance = instrumented();
        const answer = { a: 'result' };
        const calls: { self: unknown; args: unknown[] }[] = [];
        jest.spyOn(prototype, name).mockImplementation(function (this: unknown, ...args: unknown[]) {
          calls.push({ self: this, args });
          return answer;
        });
        const args = argumentsOf(name);
        expect(instance[name]?.(...args)).toBe(answer);
        expect(calls).toHaveLength(1);
        expect(calls[0]?.self).toBe(instance);
        expect(calls[0]?.args).toHaveLength(args.length);
        args.forEach((arg, i) => expect(calls[0]?.args[i]).toBe(arg));
      });

      test('throws the same error, and rejects with it', async () => {
        const instance = instrumented();
        const boom = new Error('boom');
        const mock = jest.spyOn(prototype, name).mockImplementation(() => {
          throw boom;
        });
        expect(caught(() => void instance[name]?.(...argumentsOf(name)))).toBe(boom);
        mock.mockReturnValue(Promise.reject(boom));
        await expect(instance[name]?.(...argumentsOf(name))).rejects.toBe(boom);
      });

      test('gives a promise for a promise, in the order in which they settle', async () => {
        const instance = instrumented();
        const order: number[] = [];
        jest.spyOn(prototype, name).mockImplementation((which: number) => Promise.resolve(which));
        const calls = [1, 2, 3].map((which) =>
          (instance[name]?.(which) as Promise<number>).then((settled) => order.push(settled)),
        );
        expect(calls).toHaveLength(3);
        expect(order).toEqual([]);
        await Promise.all(calls);
        expect(order).toEqual([1, 2, 3]);
      });

      test('is heard by a spy on the class, which reads as one on the instance too', () => {
        const instance = instrumented();
        const spy = jest.spyOn(prototype, name).mockReturnValue(undefined);
        const args = argumentsOf(name);
        instance[name]?.(...args);
        expect(spy).toHaveBeenCalledWith(...args);
        expect(instance[name]).toHaveBeenCalledTimes(1);
      });

      test('does what the class does again once a mock from before is restored', () => {
        const mock = jest.spyOn(prototype, name).mockReturnValue('mocked');
        const instance = instrumented();
        expect(instance[name]?.(...argumentsOf(name))).toBe('mocked');
        mock.mockRestore();
        const later = jest.spyOn(prototype, name).mockReturnValue('later');
        expect(instance[name]?.(...argumentsOf(name))).toBe('later');
        expect(later).toHaveBeenCalledTimes(1);
      });

      test('can be spied on at the instance, before and after', () => {
        const before = made();
        const first = jest.spyOn(before, name).mockReturnValue('mine');
        instrument(before);
        expect(before[name]?.(...argumentsOf(name))).toBe('mine');
        expect(first).toHaveBeenCalledTimes(1);
        expect(before[name]).toHaveBeenCalledTimes(1);

        const after = instrumented();
        const wrapper = after[name];
        const second = jest.spyOn(after, name).mockReturnValue('mine');
        expect(after[name]?.(...argumentsOf(name))).toBe('mine');
        second.mockRestore();
        expect(after[name]).toBe(wrapper);
      });

      test('calls the override of a subclass, private fields and all', () => {
        const answer = { from: 'subclass' };
        class Sub extends (row.type as new (...args: never[]) => object) {
          readonly #answer = answer;
          get answer(): object {
            return this.#answer;
          }
        }
        Object.defineProperty(Sub.prototype, name, {
          configurable: true,
          writable: true,
          value(this: Sub) {
            return this.answer;
          },
        });
        expect(instrumented(Sub as unknown as Subclass)[name]?.(...argumentsOf(name))).toBe(answer);
      });

      test('has the name, the length and the kind of the method', () => {
        const [ours, theirs] = [instrumented()[name], prototype[name]] as [jest.Mock, jest.Mock];
        expect([ours.name, ours.length]).toEqual([theirs.name, theirs.length]);
        expect(ours.constructor).toBe(theirs.constructor);
        expect(ours).toBeInstanceOf(Function);
      });
    });
  });
}

/** The keys that `for … in` goes through. */
function inherits(instance: object): string[] {
  const keys: string[] = [];
  for (const key in instance) keys.push(key);
  return keys;
}

function caught(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
