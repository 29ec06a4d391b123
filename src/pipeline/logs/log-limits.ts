import {
  DEFAULT_SPAN_LIMITS,
  limitsIn,
  MAX_TEXT_LENGTH,
  type WarnOfVariable,
} from '../traces/span-limits.js';

/** What one log record may hold. */
export interface LogLimits {
  readonly attributes: number;
  /** Longest text in an attribute, in UTF-16 units; longer ones are cut. */
  readonly attributeLength: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = {
  attributes: DEFAULT_SPAN_LIMITS.attributes,
  attributeLength: MAX_TEXT_LENGTH,
};

/**
 * The limits that the environment asks for. A bad value is told to `warn` and not used.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#logrecord-limits
 */
export function logLimits(
  env: Readonly<Record<string, string | undefined>>,
  warn: WarnOfVariable,
): LogLimits {
  const read = limitsIn(env, warn);
  return {
    attributes:
      read('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 0) ??
      read('OTEL_ATTRIBUTE_COUNT_LIMIT', 0) ??
      DEFAULT_LOG_LIMITS.attributes,
    attributeLength:
      read('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 1) ??
      read('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 1) ??
      DEFAULT_LOG_LIMITS.attributeLength,
  };
}
