import { type Context, context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';

export { callInContext } from '../common/call-in-context.js';

/**
 * A context with one value over those of another. The API's own copies a Map and makes three closures for each value set,
 * which is most of what an active span costs; this is one small object. Overlays do not pile up: each key has one at most,
 * so however deep spans are nested, one of them is kept.
 */
class OverlayContext implements Context {
  constructor(
    readonly base: Context,
    readonly key: symbol,
    readonly value: unknown,
  ) {}

  getValue(key: symbol): unknown {
    return key === this.key ? this.value : this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return withValue(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return withValue(this, key, undefined);
  }
}

/** A context with this value over those of another. */
export function withValue(base: Context, key: symbol, value: unknown): Context {
  return new OverlayContext(without(base, key), key, value);
}

/** The context without an overlay of this key. */
function without(context: Context, key: symbol): Context {
  if (!(context instanceof OverlayContext)) return context;
  if (context.key === key) return context.base;
  const base = without(context.base, key);
  return base === context.base ? context : new OverlayContext(base, context.key, context.value);
}

/** The key under which the API keeps the active span, which it does not tell. */
const SPAN_KEY = ((): symbol => {
  let spanKey: symbol | undefined;
  const listener: Context = {
    getValue: () => undefined,
    setValue: (key) => ((spanKey = key), listener),
    deleteValue: () => listener,
  };
  trace.setSpan(listener, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return spanKey as symbol;
})();

/** The context in which the span is active. */
export function contextWithSpan(parent: Context, span: Span): Context {
  return withValue(parent, SPAN_KEY, span);
}

/** A value of the active context; undefined also where the context manager fails. */
export function activeValue(key: symbol): unknown {
  try {
    return context.active().getValue(key);
  } catch {
    return undefined;
  }
}
