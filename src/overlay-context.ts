import { trace, type Context, type Span } from '@opentelemetry/api';

const NOTHING: readonly unknown[] = [];

/**
 * A context with values over those of another. The API's own copies a Map and makes three closures for each value set,
 * which is most of what an active span costs; this is two small objects. Overlays do not pile up: one over another is
 * one over the other's base.
 */
export class OverlayContext implements Context {
  private constructor(
    private readonly base: Context,
    /** Keys and values in turn. */
    private readonly entries: readonly unknown[],
  ) {}

  static over(base: Context): OverlayContext {
    return base instanceof OverlayContext ? base : new OverlayContext(base, NOTHING);
  }

  getValue(key: symbol): unknown {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === key) return entries[i + 1];
    return this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    const entries = this.entries.slice();
    let at = 0;
    while (at < entries.length && entries[at] !== key) at += 2;
    entries[at] = key;
    entries[at + 1] = value;
    return new OverlayContext(this.base, entries);
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }
}

/** The context in which the span is active. */
export function contextWithSpan(parent: Context, span: Span): Context {
  return trace.setSpan(OverlayContext.over(parent), span);
}
