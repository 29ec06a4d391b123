import type { OtlpOptions } from '../options.js';

/** Options of a stock OTLP exporter from ours; what is left out it reads from the environment. */
export function exporterConfig(
  otlp: OtlpOptions,
  signalPath: string,
  batches: number,
): Record<string, unknown> {
  const { endpoint, headers, compression, timeoutMillis, httpAgentOptions } = otlp;
  return {
    ...(endpoint !== undefined && { url: `${endpoint.replace(/\/+$/, '')}/${signalPath}` }),
    ...(headers && { headers }),
    ...(compression && { compression }),
    ...(timeoutMillis !== undefined && { timeoutMillis }),
    ...(httpAgentOptions && { httpAgentOptions }),
    // A flush sends all batches at once; past the limit the stock exporter refuses them.
    concurrencyLimit: Math.max(30, batches + 1),
  };
}
