import type { TextMapPropagator } from '@opentelemetry/api';
import { loadCore } from '#load-sdk';
import type { ResolvedOptions } from '../resolved-options.js';
import { LatePropagator } from './late-propagator.js';

/** All of them as one. The standard ones are loaded when needed; those of a host are asked for their fields at once. */
export function propagatorOf(propagators: ResolvedOptions['propagators']): TextMapPropagator {
  const ours = propagators.every((one) => typeof one === 'string');
  return ours ? new LatePropagator(() => composite(propagators)) : composite(propagators);
}

function composite(propagators: ResolvedOptions['propagators']): TextMapPropagator {
  const core = loadCore();
  const standard = {
    tracecontext: () => new core.W3CTraceContextPropagator(),
    baggage: () => new core.W3CBaggagePropagator(),
  };
  return new core.CompositePropagator({
    propagators: propagators.map((one) => (typeof one === 'string' ? standard[one]() : one)),
  });
}
