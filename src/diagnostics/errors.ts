/** Every error this package throws, by code. The table in docs/errors.md is generated from it. */
export const ERRORS = {
  AOO_INVALID_OPTIONS: {
    when: 'initObservability was given options it cannot use; all of them are listed at once.',
    remedy: 'Correct each option named in `problems`.',
  },
  AOO_ALREADY_INITIALIZED: {
    when: 'initObservability was called again with other options while the first handle is in use, or with any while it shuts down. Functions and objects that a hot reload makes anew are not other options; providers and servers are.',
    remedy: 'Keep the first handle and share it, or await its shutdown() before starting anew.',
  },
  AOO_LISTEN_FAILED: {
    when: 'The metrics endpoint could not listen; `ready` rejects. Recording and traces go on.',
    remedy: 'Choose a free port (0 takes any), or `prometheus: false` and mount metricsHandler yourself.',
  },
  AOO_COLLECTION_FAILED: {
    when: 'A scrape could not be collected; export() rejects and /metrics answers 503.',
    remedy:
      'Report what the message says: a callback of a host that fails or hangs is left out, and does not come here.',
  },
  AOO_PIPELINE_UNAVAILABLE: {
    when: "`pipeline: 'otel-sdk'` was asked for, and official OpenTelemetry packages that it needs are not installed, or not in a version it works with. All of them are listed at once.",
    remedy: 'Run the `npm install` command of the message, or leave the option out.',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One option that cannot be used. */
export interface OptionProblem {
  /** Path of the option, as `prometheus.port`. */
  readonly path: string;
  /** The value received, shortened; secrets are not shown. */
  readonly received: string;
  readonly accepted: string;
  /** Stable: `required`, `type`, `range` or `format`. */
  readonly code: 'required' | 'type' | 'range' | 'format';
}

/** What this package throws. `code` is stable; the message is for people. */
export class ObservabilityError extends Error {
  override readonly name = 'ObservabilityError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly problems: readonly OptionProblem[] = [],
    options?: { cause?: unknown },
  ) {
    super(`${message} [${code}]`, options);
  }

  static invalidOptions(problems: readonly OptionProblem[]): ObservabilityError {
    const lines = problems.map(
      ({ path, received, accepted }) => `  - ${path}: received ${received}; accepted is ${accepted}`,
    );
    const count = problems.length === 1 ? '1 option' : `${problems.length} options`;
    return new ObservabilityError(
      'AOO_INVALID_OPTIONS',
      `initObservability cannot use ${count}:\n${lines.join('\n')}\n`,
      problems,
    );
  }
}
