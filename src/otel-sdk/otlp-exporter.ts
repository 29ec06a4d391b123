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

/**
 * The `OTEL_*` variables as they are when observability starts. What is loaded later is configured by these, whatever the
 * host has done to `process.env` since: one that clears its secrets must not lose the headers of its exporter.
 */
export class StartEnvironment {
  private readonly variables = otelVariables();

  /** Runs something synchronous that reads `process.env`. */
  run<T>(act: () => T): T {
    const now = otelVariables();
    change(now, this.variables);
    try {
      return act();
    } finally {
      change(this.variables, now);
    }
  }

  /** Whether an exporter would read files that these name: a host may be unable to, later. */
  namesFiles(): boolean {
    return Object.keys(this.variables).some((name) => /_(CERTIFICATE|CLIENT_KEY)$/.test(name));
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

function otelVariables(): Variables {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_')));
}

function change(from: Variables, to: Variables): void {
  for (const name of Object.keys({ ...from, ...to })) {
    const value = to[name];
    if (value === from[name]) continue;
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
