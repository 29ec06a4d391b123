import { initObservability, type Observability, type ObservabilityOptions } from 'agent-os-observability';
import type { KernelMetrics } from 'agent-os-observability/instruments';

/** This package as a host starts it, but for what needs a network. */
export function startAgentOs(options: ObservabilityOptions = {}): Observability {
  return initObservability({
    serviceName: 'benchmark',
    prometheus: false,
    otlp: false,
    signalHandlers: false,
    ...options,
  });
}

/** The registry's instruments behind a handle: internal, and what all that a host calls is made of. */
export function instrumentsOf(obs: { readonly kernel: KernelMetrics }): KernelMetrics['registry'] {
  return obs.kernel.registry;
}
