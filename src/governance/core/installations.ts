import type { KernelMetrics } from '../../instruments/index.js';
import { InstancePatch } from './instance-patch.js';
import type { Telemetry } from './telemetry.js';

/** Takes an instrumentation off again. Safe to call twice. */
export type Unwrap = () => void;
export type InstalledKind = 'engine' | 'client' | 'killSwitch' | 'lifecycle' | 'adapter' | 'audit';
/** Lays wrappers over an instance; what it gives is called when they go, and must not hold the instance. */
export type Install = (patch: InstancePatch) => (() => void) | void;

interface Installed {
  readonly kind: InstalledKind;
  readonly release: (() => void) | void;
  readonly unwrap: WeakRef<Unwrap>;
}

/** Instances that are instrumented, by the metrics they record into: shared, so that none is counted twice. */
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

  /** Instruments an instance once; a second time gives the first one's unwrap. */
  once(kind: InstalledKind, target: unknown, install: Install): Unwrap {
    if (target === null || typeof target !== 'object') return doNothing;
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
    const patch = new InstancePatch(target);
    const release = this.telemetry.attempt(() => install(patch));
    const unwrap: Unwrap = () => {
      if (this.byTarget.get(target) !== unwrap) return;
      this.byTarget.delete(target);
      kernels.delete(kernel);
      patch.undo();
      this.collected.unregister(unwrap);
      this.gone(entry);
    };
    const entry: Installed = { kind, release, unwrap: new WeakRef(unwrap) };
    this.byTarget.set(target, unwrap);
    this.installed.add(entry);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.collected.register(target, entry, unwrap);
    return unwrap;
  }

  unwrapAll(): void {
    for (const { unwrap } of [...this.installed]) unwrap.deref()?.();
  }

  private gone(entry: Installed): void {
    this.installed.delete(entry);
    this.counts.set(entry.kind, (this.counts.get(entry.kind) ?? 1) - 1);
    entry.release?.();
  }
}

function doNothing(): void {}
