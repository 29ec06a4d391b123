import type { KernelMetrics } from '../../instruments/index.js';
import type { Telemetry } from './telemetry.js';

/** Takes an instrumentation off again. Safe to call twice. */
export type Unwrap = () => void;
export type InstalledKind =
  | ('engine' | 'client' | 'killSwitch' | 'lifecycle' | 'adapter' | 'audit' | 'identity' | 'ringEnforcer')
  | ('component' | 'class');
/** Lays wrappers over an instance. What it returns is called when they are taken off, and must not hold the instance. */
export type Install = (patch: InstancePatch) => (() => void) | void;

interface Installed {
  readonly kind: InstalledKind;
  readonly release: (() => void) | void;
  readonly unwrap: WeakRef<Unwrap>;
  readonly beside: boolean;
}

/** Which metrics an instance is recorded into already, by whichever instrumentation, so that none is counted twice. */
const recordingInto = new WeakMap<object, WeakSet<KernelMetrics>>();

/**
 * What is instrumented. Instances are held weakly: a host that makes a client per session and forgets it need not
 * unwrap it.
 */
export class Installations {
  private readonly byTarget = new WeakMap<object, Unwrap>();
  private readonly installed = new Set<Installed>();
  private readonly counts = new Map<InstalledKind, number>();
  private readonly collected = new FinalizationRegistry<Installed>((entry) => this.gone(entry));

  constructor(private readonly telemetry: Telemetry) {}

  has(target: unknown): boolean {
    return this.byTarget.has(target as object);
  }

  /** Whether any instance of this kind is instrumented. */
  any(kind: InstalledKind): boolean {
    return (this.counts.get(kind) ?? 0) > 0;
  }

  /** Whether the calls of an instance are recorded into these metrics already, by whichever instrumentation. */
  records(target: unknown): boolean {
    return recordingInto.get(target as object)?.has(this.telemetry.kernel) === true;
  }

  /**
   * Instruments an instance once; the second time it returns the first one's unwrap.
   *
   * @param patchOf - makes the patch where it is none of the instance itself
   */
  once(
    kind: InstalledKind,
    target: unknown,
    install: Install,
    patchOf = (instance: object) => new InstancePatch(instance),
  ): Unwrap {
    if (target === null || typeof target !== 'object') {
      this.say(kind, 'missing', `a ${kind} to instrument must be an object, got ${typeNameOf(target)}`);
      return doNothing;
    }
    const existing = this.byTarget.get(target);
    if (existing !== undefined) return existing;
    const { kernel } = this.telemetry;
    const kernels = recordingInto.get(target) ?? new WeakSet();
    if (kernels.has(kernel)) {
      this.telemetry.warnOnce(
        `governance/duplicate/${kind}`,
        `governance: this ${kind} is already instrumented by another GovernanceInstrumentation on the same metrics; ` +
          'it is counted once. Keep one GovernanceInstrumentation per process.',
      );
      return doNothing;
    }
    kernels.add(kernel);
    recordingInto.set(target, kernels);
    const patch = patchOf(target);
    const release = this.telemetry.attempt(() => install(patch));
    this.sayWhatIsLeftOut(kind, patch);
    const unwrap: Unwrap = () => {
      if (this.byTarget.get(target) !== unwrap) return;
      this.byTarget.delete(target);
      kernels.delete(kernel);
      patch.undo();
      this.collected.unregister(unwrap);
      this.gone(entry);
    };
    const entry: Installed = { kind, release, unwrap: new WeakRef(unwrap), beside: patch.beside };
    this.byTarget.set(target, unwrap);
    this.installed.add(entry);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.collected.register(target, entry, unwrap);
    return unwrap;
  }

  unwrapAll(): void {
    for (const { unwrap } of [...this.installed]) unwrap.deref()?.();
  }

  /** Takes off what is kept beside the instances of a kind, and leaves alone what lies on them. */
  unwrapBeside(kind: InstalledKind): void {
    for (const entry of [...this.installed]) {
      if (entry.kind === kind && entry.beside) entry.unwrap.deref()?.();
    }
  }

  private sayWhatIsLeftOut(kind: InstalledKind, patch: InstancePatch): void {
    const { refused } = patch;
    if (refused.length > 0) {
      const methods = refused.join(', ');
      this.say(kind, 'fixed', `this ${kind} cannot be changed: it is frozen, or these are fixed: ${methods}`);
    } else if (patch.empty) {
      this.say(kind, 'foreign', `this ${kind} has none of the methods that are instrumented`);
    }
  }

  private say(kind: InstalledKind, cause: string, what: string): void {
    this.telemetry.warnOnce(
      `governance/${cause}/${kind}`,
      `governance: ${what}. Its calls are not recorded.`,
    );
  }

  private gone(entry: Installed): void {
    this.installed.delete(entry);
    this.counts.set(entry.kind, (this.counts.get(entry.kind) ?? 1) - 1);
    entry.release?.();
  }
}

function doNothing(): void {}

function typeNameOf(target: unknown): string {
  return target === null ? 'null' : typeof target;
}

/** Any method of an instance. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;
/** Stands in for a method: calls `original` with this `self`, and returns or throws what it returned or threw. */
export type Around = (original: Method, self: unknown, args: unknown[]) => unknown;

/** The method as it is now; none where somebody has taken it away. */
type CurrentMethod = () => Method | undefined;

interface Patched {
  readonly name: string;
  readonly wrapper: Method;
  readonly before: PropertyDescriptor | undefined;
}

/**
 * Wrappers over the methods of one instance, as its own properties, which no enumeration shows. A method that the instance
 * inherits is asked for at each call, so that whoever patches or mocks the class is heard, before and after; only an own
 * one is kept. Undoing restores exactly what was there. Where somebody has wrapped our wrapper since, theirs stays and
 * ours becomes a pass-through.
 */
export class InstancePatch {
  /** Its wrappers are no properties of the instance. */
  readonly beside: boolean = false;
  /** Methods that are there, and could not be wrapped. */
  readonly refused: string[] = [];
  private active = true;
  private readonly patched: Patched[] = [];
  private readonly undone: (() => void)[] = [];

  constructor(private readonly target: object) {}

  /** Whether nothing is wrapped. */
  get empty(): boolean {
    return this.patched.length === 0;
  }

  /** Wraps a method. One that does not exist is left alone; one that cannot be changed as well, and named as refused. */
  method(name: string, around: Around): void {
    const original = (this.target as Record<string, unknown>)[name];
    if (typeof original !== 'function') return;
    const before = Object.getOwnPropertyDescriptor(this.target, name);
    const current = before === undefined ? inherited(this.target, name) : () => original as Method;
    const wrapper = this.wrapperOf(name, current, original as Method, around);
    const { writable = true, configurable = true, enumerable = false } = before ?? {};
    const property = { value: wrapper, writable, configurable, enumerable };
    if (define(this.target, name, property)) this.patched.push({ name, wrapper, before });
    else this.refused.push(name);
  }

  /** Calls `act` when the patch is undone. */
  whenUndone(act: () => void): void {
    this.undone.push(act);
  }

  undo(): void {
    this.active = false;
    for (const { name, wrapper, before } of this.patched.splice(0).reverse()) {
      try {
        if (Object.getOwnPropertyDescriptor(this.target, name)?.value !== wrapper) continue;
        if (before) Reflect.defineProperty(this.target, name, before);
        else Reflect.deleteProperty(this.target, name);
      } catch {
        // The instance is a proxy that refuses: it keeps the wrapper, which passes everything on now.
      }
    }
    for (const act of this.undone.splice(0)) act();
  }

  /** A wrapper with the name and the length of the method; what else is read of it is the method's own. */
  private wrapperOf(name: string, current: CurrentMethod, original: Method, around: Around): Method {
    const patch = this;
    const wrapper = {
      [name](this: unknown, ...args: unknown[]): unknown {
        const method = current() as Method;
        return patch.active ? around(method, this, args) : Reflect.apply(method, this, args);
      },
    }[name] as Method;
    Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
    return Object.setPrototypeOf(wrapper, likenessOf(current, original)) as Method;
  }
}

/** A method of the class, as it is when it is asked for. */
function inherited(target: object, name: string): CurrentMethod {
  const prototype = () => Object.getPrototypeOf(target) as Record<string, Method>;
  return isAccessor(prototype(), name)
    ? () => Reflect.get(prototype(), name, target)
    : () => prototype()[name]; // quicker, and on the path of every call
}

function isAccessor(prototype: object | null, name: string): boolean {
  if (prototype === null) return false;
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  return property === undefined
    ? isAccessor(Object.getPrototypeOf(prototype) as object | null, name)
    : property.get !== undefined;
}

function define(target: object, name: string, property: PropertyDescriptor): boolean {
  try {
    return Reflect.defineProperty(target, name, property);
  } catch {
    return false;
  }
}

/** Stands behind a wrapper, so that the calls of a spy, or whatever else a method carries, can be read through it. */
function likenessOf(current: CurrentMethod, original: Method): object {
  return new Proxy(Object.create(Object.getPrototypeOf(original) as object) as Method, {
    get: (none, key): unknown => Reflect.get<object, PropertyKey>(current() ?? none, key),
    has: (none, key) => Reflect.has(current() ?? none, key),
  });
}
