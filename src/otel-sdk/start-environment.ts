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
