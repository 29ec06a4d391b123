import { InstancePatch, type Around, type Install, type Method, type Unwrap } from '../core/installations.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { ComponentCalls, ComponentSpec } from './components.js';
import { coverageOf, type OwnCoverage, type OwnKind, type SpecCoverage } from './coverage.js';

/** Instruments one instance as its own kind wants it. */
export type InstrumentInstance = (kind: OwnKind, instance: object) => void;

/** The wrappers that an instrumentation would lay over an instance, kept beside it. The instance stays as it is. */
class CollectedPatch extends InstancePatch {
  override readonly beside = true;
  private readonly arounds = new Map<string, Around>();

  override method(name: string, around: Around): void {
    const inner = this.arounds.get(name);
    this.arounds.set(name, inner === undefined ? around : nested(around, inner));
  }

  override get empty(): boolean {
    return this.arounds.size === 0;
  }

  around(name: string): Around | undefined {
    return this.arounds.get(name);
  }

  override undo(): void {
    this.arounds.clear();
    super.undo();
  }
}

function nested(outer: Around, inner: Around): Around {
  return (original, self, args) => outer((...given: unknown[]) => inner(original, self, given), self, args);
}

/**
 * The classes of the SDK whose prototypes are wrapped. An instance of a class that has an instrumentation of its own gets
 * it at its first call; all others share one wrapper. An instance that is instrumented by itself is left to that.
 */
export class SdkClasses {
  private readonly patches = new WeakMap<object, CollectedPatch>();
  private readonly prototypes = new Set<object>();
  /** An instance is being instrumented because one of its calls was met. */
  private meeting = false;

  constructor(
    private readonly state: GovernanceState,
    private readonly calls: ComponentCalls,
    private readonly instrument: InstrumentInstance,
  ) {}

  /** Makes the patch of an instance: one beside it where it was met, and its class is wrapped. */
  readonly patchOf = (instance: object): InstancePatch => {
    if (!this.meeting || !this.wrapsClassOf(instance)) return new InstancePatch(instance);
    const patch = new CollectedPatch(instance);
    this.patches.set(instance, patch);
    patch.whenUndone(() => this.patches.delete(instance));
    return patch;
  };

  /** Wraps the covered classes of the SDK's exports. Those of an SDK that lacks some, or has others, are said. */
  install(sdk: Readonly<Record<string, unknown>>): Unwrap {
    const { telemetry } = this.state;
    const unwraps: Unwrap[] = [];
    const strange: string[] = [];
    for (const name of telemetry.attempt(() => namesIn(sdk)) ?? []) {
      const prototype = telemetry.attempt(() => prototypeOf(sdk[name]));
      const coverage = coverageOf(name);
      if (prototype === undefined) continue;
      if (coverage === undefined) strange.push(name);
      else if ('spec' in coverage || 'own' in coverage) unwraps.push(this.wrap(prototype, coverage));
    }
    this.say(unwraps.length, strange);
    return () => {
      for (const unwrap of unwraps) unwrap();
    };
  }

  private wrap(prototype: object, coverage: OwnCoverage | SpecCoverage): Unwrap {
    const install: Install = (patch) => {
      this.prototypes.add(prototype);
      patch.whenUndone(() => this.prototypes.delete(prototype));
      if ('own' in coverage) this.wrapOwn(coverage.own, coverage.calls, patch);
      else this.wrapComponent(coverage.spec, patch);
    };
    return this.state.installations.once('class', prototype, install);
  }

  /** Not the calls of an instance that is instrumented by itself: its own wrapper counts them. */
  private wrapComponent(spec: ComponentSpec, patch: InstancePatch): void {
    const { installations } = this.state;
    for (const [name, method] of Object.entries(spec.methods)) {
      const around = this.calls.around(spec.component, method);
      patch.method(name, (original, self, args) =>
        installations.records(self) ? Reflect.apply(original, self, args) : around(original, self, args),
      );
    }
  }

  private wrapOwn(kind: OwnKind, calls: readonly string[], patch: InstancePatch): void {
    patch.whenUndone(() => this.state.installations.unwrapBeside(kind));
    for (const name of calls) {
      patch.method(name, (original, self, args) => this.call(kind, name, original, self, args));
    }
  }

  private call(kind: OwnKind, name: string, original: Method, self: unknown, args: unknown[]): unknown {
    const patch = this.patches.get(self as object) ?? this.met(kind, self);
    const around = patch?.around(name);
    return around === undefined ? Reflect.apply(original, self, args) : around(original, self, args);
  }

  /** Instruments an instance at its first call, unless that is recorded already, or it is none. */
  private met(kind: OwnKind, self: unknown): CollectedPatch | undefined {
    const { installations, telemetry } = this.state;
    if (self === null || typeof self !== 'object' || installations.records(self)) return undefined;
    this.meeting = true;
    telemetry.attempt(() => this.instrument(kind, self));
    this.meeting = false;
    return this.patches.get(self);
  }

  private wrapsClassOf(instance: object): boolean {
    let of: object | null = instance;
    while (of !== null) {
      if (this.prototypes.has(of)) return true;
      of = Object.getPrototypeOf(of) as object | null;
    }
    return false;
  }

  private say(wrapped: number, strange: readonly string[]): void {
    const { telemetry } = this.state;
    if (wrapped === 0) {
      const hint = "Pass all of it: import * as sdk from '@microsoft/agent-governance-sdk'.";
      telemetry.warnOnce('governance/sdk', `governance: no class of the governance SDK was given. ${hint}`);
    } else if (strange.length > 0) {
      const names = strange.join(', ');
      telemetry.warnOnce(
        `governance/sdk/${names}`,
        `governance: of the SDK that was given, ${names} are not known and stay uninstrumented.`,
      );
    }
  }
}

function namesIn(sdk: object): readonly string[] {
  return typeof sdk === 'object' && sdk !== null ? Object.keys(sdk) : [];
}

/** The prototype of a class that has methods. */
function prototypeOf(exported: unknown): object | undefined {
  if (typeof exported !== 'function') return undefined;
  const { prototype } = exported as { readonly prototype?: object };
  return prototype !== undefined && Object.getOwnPropertyNames(prototype).length > 1 ? prototype : undefined;
}
