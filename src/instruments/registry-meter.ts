import type { Meter, MeterProvider } from '@opentelemetry/api';
import { SCOPE_NAME } from '../semconv/resource.js';
import { VERSION } from '../version.js';

/** By this a provider of ours is asked for the registry's meter: a token, since any host can use our scope's name. */
export const REGISTRY_METER = Symbol('registry meter');

/** The meter of the registry's instruments. They bound their labels themselves, so one of ours does not again. */
export function registryMeter(provider: MeterProvider & { [REGISTRY_METER]?: () => Meter }): Meter {
  return provider[REGISTRY_METER]?.() ?? provider.getMeter(SCOPE_NAME, VERSION);
}
