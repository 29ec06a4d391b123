import {
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { printable, type DropLog } from '../diagnostics/drop-log.js';
import { contextWithSpan } from '../tracing/active-context.js';
import { CARRIER_GETTER, CARRIER_SETTER } from './carrier.js';

/** Where the context of one message is, and how it is read and written. */
export interface Carried {
  readonly carrier: unknown;
  readonly getter?: TextMapGetter | undefined;
  readonly setter?: TextMapSetter | undefined;
}

type Propagator = Pick<TextMapPropagator, 'inject' | 'extract'>;

/**
 * Puts contexts into carriers and takes them out. A carrier that cannot be written or read costs the context, which is
 * counted and said once, and nothing else. Never throws.
 */
export class MessageContexts {
  /** Carriers that were filled here: what stands in any other was put there by the host, and stays. */
  private readonly filled = new WeakSet<object>();

  private made: TextMapPropagator | undefined;

  /** @param own - where no propagator is registered globally */
  constructor(
    private readonly drops: DropLog,
    private readonly own: () => TextMapPropagator | undefined = () => undefined,
  ) {}

  inject(context: Context, message: Carried, method: string): void {
    const { carrier, setter = CARRIER_SETTER } = message;
    if (carrier === undefined) return;
    this.guarded(method, 'written into', carrier, (failed) => {
      // A composite propagator catches what a part of it throws.
      const noted: TextMapSetter<object> = {
        set: (to, key, value) => failed.noting(() => setter.set(to, key, value)),
      };
      this.propagator()?.inject(context, carrier, noted);
      this.filled.add(carrier as object);
    });
  }

  /** The context with what the carrier holds: its span, which is none where it holds none, and its baggage. */
  extract(context: Context, message: Carried, method?: string): Context {
    const { carrier, getter = CARRIER_GETTER } = message;
    let extracted = withoutSpan(context);
    if (carrier === undefined) return extracted;
    this.guarded(method, 'read from', carrier, (failed) => {
      const noted: TextMapGetter<object> = {
        keys: (from) => failed.noting(() => getter.keys(from)) ?? [],
        get: (from, key) => failed.noting(() => getter.get(from, key)),
      };
      const found = this.propagator()?.extract(extracted, carrier, noted) ?? extracted;
      trace.getSpanContext(found); // a propagator of the host may give what is no context
      extracted = found;
    });
    return extracted;
  }

  /** The same, but where the carrier holds no span, the one of the context stays. */
  extractOver(context: Context, message: Carried, method: string): Context {
    const extracted = this.extract(context, message, method);
    return trace.getSpanContext(extracted) === undefined ? withSpanOf(context, extracted) : extracted;
  }

  /** What the host itself has put into a carrier that is to be sent; nothing is lost where that cannot be read. */
  given(message: Carried): Context {
    const { carrier } = message;
    const ours = typeof carrier === 'object' && carrier !== null && this.filled.has(carrier);
    return ours ? ROOT_CONTEXT : this.extract(ROOT_CONTEXT, message);
  }

  private propagator(): Propagator | undefined {
    if (propagation.fields().length > 0) return propagation;
    return (this.made ??= this.own());
  }

  private guarded(
    method: string | undefined,
    verb: string,
    carrier: unknown,
    act: (failed: Noted) => void,
  ): void {
    const noted = new Noted();
    noted.noting(() => {
      if (carrier === null || typeof carrier !== 'object')
        throw new TypeError(`a carrier must be an object, got ${carrier === null ? 'null' : typeof carrier}`);
      act(noted);
    });
    if (!noted.threw || method === undefined) return;
    const message = () =>
      `${method}: the context could not be ${verb} a carrier (${printable(noted.error)}); the message goes on without it.`;
    this.drops.dropped('traces', 'invalid_value', `${method}/${verb}`, message);
  }
}

/** Keeps the first thing that was thrown. */
class Noted {
  threw = false;
  error: unknown;

  noting<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (!this.threw) this.error = error;
      this.threw = true;
      return undefined;
    }
  }
}

function withoutSpan(context: Context): Context {
  try {
    return trace.deleteSpan(context);
  } catch {
    return ROOT_CONTEXT;
  }
}

/** A context with the span of another, or none where that has none. */
export function withSpanOf(from: Context, to: Context): Context {
  const span = trace.getSpan(from);
  return span === undefined ? withoutSpan(to) : contextWithSpan(to, span);
}
