import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { printable, WarnOnce } from '../../diagnostics/drop-log.js';
import { BaggagePropagator } from './baggage-propagator.js';
import { TraceContextPropagator } from './trace-context-propagator.js';

/** A propagator of the host's, or a standard one by its name. */
export type Propagator = TextMapPropagator | 'tracecontext' | 'baggage';

const STANDARD = {
  tracecontext: () => new TraceContextPropagator(),
  baggage: () => new BaggagePropagator(),
};

/** All of them as one; undefined for none. */
export function propagatorOf(propagators: readonly Propagator[]): TextMapPropagator | undefined {
  if (propagators.length === 0) return undefined;
  return new CompositePropagator(propagators.map((one) => (typeof one === 'string' ? STANDARD[one]() : one)));
}

/** Asks one after the other: the last one wins. Where one throws, the others still do their part. */
class CompositePropagator implements TextMapPropagator {
  private readonly names: readonly string[];
  private readonly warnings = new WarnOnce();

  constructor(private readonly propagators: readonly TextMapPropagator[]) {
    this.names = [...new Set(propagators.flatMap(fieldsOf))];
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    for (const propagator of this.propagators) {
      try {
        propagator.inject(context, carrier, setter);
      } catch (error) {
        this.warn('write the context', error);
      }
    }
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    let read = context;
    for (const propagator of this.propagators) {
      try {
        read = propagator.extract(read, carrier, getter) ?? read;
      } catch (error) {
        this.warn('read the context', error);
      }
    }
    return read;
  }

  fields(): string[] {
    return [...this.names];
  }

  private warn(what: string, error: unknown): void {
    const why = printable(error);
    this.warnings.warnOnce(`${what} ${why}`, `a propagator could not ${what} (${why}).`);
  }
}

/** Old propagators have no such method. */
function fieldsOf(propagator: TextMapPropagator): string[] {
  return typeof propagator.fields === 'function' ? propagator.fields() : [];
}
