import { initObservability, type Observability, type ObservabilityOptions } from 'agent-os-observability';

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
