import {
  type Context,
  diag,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import type * as Core from '@opentelemetry/core';

/** A propagator of the host's, or a standard one by its name. */
export type Propagator = TextMapPropagator | 'tracecontext' | 'baggage';

/**
 * All of them as one; undefined for none. The standard ones are loaded when needed; those of a host are asked for their
 * fields at once.
 *
 * @param loadCore - loads the package that has the standard ones
 */
export function propagatorOf(
  propagators: readonly Propagator[],
  loadCore: () => typeof Core,
): TextMapPropagator | undefined {
  if (propagators.length === 0) return undefined;
  const ours = propagators.every((one) => typeof one === 'string');
  const make = (): TextMapPropagator => composite(propagators, loadCore());
  return ours ? new LazyPropagator(make) : make();
}

function composite(propagators: readonly Propagator[], core: typeof Core): TextMapPropagator {
  const standard = {
    tracecontext: () => new core.W3CTraceContextPropagator(),
    baggage: () => new core.W3CBaggagePropagator(),
  };
  return new core.CompositePropagator({
    propagators: propagators.map((one) => (typeof one === 'string' ? standard[one]() : one)),
  });
}

/** A propagator that is made when the first carrier is written or read. Never throws. */
export class LazyPropagator implements TextMapPropagator {
  private propagator: TextMapPropagator | undefined;

  constructor(private readonly make: () => TextMapPropagator) {}

  /** Makes it now, where it can be made; the next call tries again. */
  load(): TextMapPropagator | undefined {
    try {
      return (this.propagator ??= this.make());
    } catch (error) {
      diag.warn('agent-os-observability: the context was not propagated.', error);
      return undefined;
    }
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.load()?.inject(context, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.load()?.extract(context, carrier, getter) ?? context;
  }

  fields(): string[] {
    return this.load()?.fields() ?? [];
  }
}
