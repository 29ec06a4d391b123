/** Any method of an instance. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;
/** Stands in for a method: calls `original` with this `self`, and gives or throws what it gave or threw. */
export type Around = (original: Method, self: unknown, args: unknown[]) => unknown;

interface Patched {
  readonly name: string;
  readonly wrapper: Method;
  readonly before: PropertyDescriptor | undefined;
}

/**
 * Own-property methods laid over one instance. Undoing puts back exactly what was there; where somebody has wrapped
 * over ours since, theirs stays and ours becomes a pass-through.
 */
export class InstancePatch {
  private active = true;
  private readonly patched: Patched[] = [];
  private readonly undone: (() => void)[] = [];

  constructor(private readonly target: object) {}

  /** Wraps a method; one that does not exist, or an instance that cannot be changed, is left alone. */
  method(name: string, around: Around): boolean {
    const original = (this.target as Record<string, unknown>)[name];
    if (typeof original !== 'function') return false;
    const wrapper = this.wrapperOf(name, original as Method, around);
    const before = Object.getOwnPropertyDescriptor(this.target, name);
    const enumerable = before?.enumerable ?? false;
    const laid = Reflect.defineProperty(this.target, name, {
      value: wrapper,
      writable: true,
      configurable: true,
      enumerable,
    });
    if (laid) this.patched.push({ name, wrapper, before });
    return laid;
  }

  /** Has something happen when this is undone. */
  whenUndone(act: () => void): void {
    this.undone.push(act);
  }

  undo(): void {
    this.active = false;
    for (const { name, wrapper, before } of this.patched.splice(0)) {
      try {
        if (Object.getOwnPropertyDescriptor(this.target, name)?.value !== wrapper) continue;
        if (before) Reflect.defineProperty(this.target, name, before);
        else Reflect.deleteProperty(this.target, name);
      } catch {
        // A proxy that refuses keeps the wrapper, which passes everything on now.
      }
    }
    for (const act of this.undone.splice(0)) act();
  }

  private wrapperOf(name: string, original: Method, around: Around): Method {
    const patch = this;
    const wrapper = {
      [name](this: unknown, ...args: unknown[]): unknown {
        return patch.active ? around(original, this, args) : Reflect.apply(original, this, args);
      },
    }[name] as Method;
    Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
    return wrapper;
  }
}
