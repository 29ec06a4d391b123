import { errorType, isThenable, observeReturned } from '../../common/outcome.js';
import type { ComponentResult } from '../../semconv/components.js';
import type { Around, InstancePatch, Method } from '../core/installations.js';
import type { Telemetry } from '../core/telemetry.js';

type ComponentMetrics = NonNullable<Telemetry['component']>;

/** A part of the SDK, and what its methods answer. */
export interface ComponentSpec {
  /** The `component` label. */
  readonly component: string;
  readonly methods: Readonly<Record<string, MethodSpec>>;
  /** Members that are parts of the SDK themselves, instrumented with it. */
  readonly parts?: readonly string[];
}

export interface MethodSpec {
  /** The `operation` label. */
  readonly operation: string;
  readonly read: Read;
  /** What has to be known of the instance before the call. */
  readonly before?: (self: never) => unknown;
  /** Which errors are how the method refuses, by their names or by what they say; `any` where all of them are. */
  readonly refuses?: 'any' | readonly string[] | ((error: unknown) => boolean);
  /** Its answers count as no operation; errors do. */
  readonly silent?: true;
}

/**
 * Reads what a method answered; undefined counts nothing. Of arguments, only names and kinds may be looked at. It may
 * throw: the answer is `unknown` then.
 *
 * @param before - what the spec's `before` gave
 */
export type Read = (
  result: never,
  self: never,
  args: readonly unknown[],
  before: unknown,
) => ComponentResult | Reading | undefined;

/** What an answer says beside how the operation ended. */
export interface Reading {
  /** Without it, no operation is counted. */
  readonly result?: ComponentResult;
  readonly findings?: readonly unknown[];
  readonly trust?: Trust;
  readonly credentials?: readonly { readonly credential: string; readonly ageSeconds: number }[];
  readonly removed?: string;
}

/** Trust in an agent: labelled by its id, kept by its identity. */
export interface Trust {
  readonly agentId: string;
  readonly identity: string;
  readonly score: number;
  readonly tier: string;
}

interface Operation extends MethodSpec {
  readonly component: string;
  /** Its series that were counted before, by how it ended. */
  readonly series: Partial<Record<ComponentResult, ReturnType<ComponentMetrics['boundOperation']>>>;
}

/**
 * The calls of the SDK's parts. What a method calls of its own instance belongs to it and is not counted beside it.
 * Nothing is recorded of what went in or came out but counts, kinds and numbers.
 */
export class ComponentCalls {
  /** The instance whose method runs now. */
  private inside: unknown;

  constructor(private readonly telemetry: Telemetry) {}

  /** Lays the wrappers of a part over an instance. */
  install({ component, methods }: ComponentSpec, patch: InstancePatch): void {
    for (const [name, spec] of Object.entries(methods)) patch.method(name, this.around(component, spec));
  }

  around(component: string, spec: MethodSpec): Around {
    const operation: Operation = { ...spec, component, series: {} };
    return (original, self, args) => this.run(operation, original, self, args);
  }

  private run(operation: Operation, original: Method, self: unknown, args: unknown[]): unknown {
    const outer = this.inside;
    if (outer === self) return Reflect.apply(original, self, args);
    const before = this.before(operation, self);
    let result: unknown;
    this.inside = self;
    try {
      result = Reflect.apply(original, self, args);
    } catch (error) {
      this.threw(operation, error);
      throw error;
    } finally {
      this.inside = outer;
    }
    if (!isThenable(result)) {
      this.answered(operation, result, self, args, before);
      return result;
    }
    return observeReturned(result, (outcome) => {
      if (outcome.threw) this.threw(operation, outcome.error);
      else this.answered(operation, outcome.value, self, args, before);
    });
  }

  private before({ before }: Operation, self: unknown): unknown {
    return before === undefined ? undefined : this.telemetry.attempt(() => before(self as never));
  }

  private answered(
    operation: Operation,
    result: unknown,
    self: unknown,
    args: readonly unknown[],
    before: unknown,
  ): void {
    const read = operation.read as (...answer: unknown[]) => ComponentResult | Reading | undefined;
    let reading: ComponentResult | Reading | undefined;
    try {
      reading = read(result, self, args, before);
    } catch {
      reading = 'unknown';
    }
    if (reading === undefined) return;
    try {
      const { component } = this.telemetry;
      if (typeof reading !== 'string' || reading === 'unknown')
        this.record(operation, typeof reading === 'string' ? { result: reading } : reading);
      else if (component !== undefined) count(component, operation, reading);
    } catch (error) {
      this.telemetry.failed(error);
    }
  }

  private record(of: Operation, reading: Reading): void {
    const metrics = this.telemetry.component;
    if (metrics === undefined) return;
    const { component, operation } = of;
    const { result, findings = [], trust, credentials = [], removed } = reading;
    if (result !== undefined) count(metrics, of, result);
    if (result === 'unknown') this.notUnderstood(component, operation);
    for (const finding of findings) metrics.recordFinding({ component, finding: finding as string });
    if (trust !== undefined) metrics.recordTrust(trust);
    for (const age of credentials) metrics.recordCredentialAge(age);
    if (removed !== undefined) metrics.removeCredential({ credential: removed });
  }

  private notUnderstood(component: string, operation: string): void {
    this.telemetry.warnOnce(
      `component/${component}/${operation}`,
      `${operation} of ${component} gave an answer that is not understood; it is counted as unknown.`,
    );
  }

  private threw(operation: Operation, error: unknown): void {
    const { component } = this.telemetry;
    const result = this.telemetry.attempt(() => isRefusal(operation, error)) ? 'denied' : 'error';
    if (component !== undefined) this.telemetry.attempt(() => count(component, operation, result));
  }
}

function isRefusal({ refuses = [] }: MethodSpec, error: unknown): boolean {
  if (typeof refuses === 'function') return refuses(error);
  return refuses === 'any' || refuses.includes(errorType(error));
}

/** Counts by the series that is known, which is most of what the call of a part costs. */
function count(metrics: ComponentMetrics, of: Operation, result: ComponentResult): void {
  const known = of.series[result];
  if (known !== undefined && !known.stale) return known.record(1);
  const { component, operation, series } = of;
  metrics.recordOperation({ component, operation, result });
  series[result] = metrics.boundOperation?.(component, operation, result); // a host's own stand-in has none
}
