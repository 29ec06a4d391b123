import {
  diag,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';

/** A propagator that is made when the first carrier is written or read. Never throws. */
export class LatePropagator implements TextMapPropagator {
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
