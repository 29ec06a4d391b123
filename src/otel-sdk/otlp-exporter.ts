/** What is known of an OTLP endpoint; what is left out the exporter reads from the environment. */
export interface OtlpEndpoint {
  readonly endpoint: string | undefined;
  readonly headers: Record<string, string> | undefined;
  readonly compression: 'none' | 'gzip' | undefined;
  readonly timeoutMillis: number | undefined;
  readonly httpAgentOptions: object | undefined;
}

/** Options of a stock OTLP exporter from ours; what is left out it reads from the environment. */
export function exporterConfig(
  otlp: OtlpEndpoint,
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
