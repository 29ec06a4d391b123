import type { KernelMetrics } from 'agent-os-observability/instruments';

/** The registry's instruments behind a handle: internal, and what all that a host calls is made of. */
export function instrumentsOf(obs: { readonly kernel: KernelMetrics }): KernelMetrics['registry'] {
  return obs.kernel.registry;
}
