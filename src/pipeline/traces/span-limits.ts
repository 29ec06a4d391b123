/** What one span may hold. */
export interface SpanLimits {
  readonly attributes: number;
  /** Longest text of an attribute, in UTF-16 units; longer ones are cut. */
  readonly attributeLength: number;
  readonly events: number;
  readonly links: number;
  readonly attributesPerEvent: number;
  readonly attributesPerLink: number;
}

/**
 * Longest text in a span, in UTF-16 units: names, keys, the message of a status, and what is an attribute unless the
 * environment says otherwise. Without a limit a queue of failed spans is as large as their stacks and messages.
 */
export const MAX_TEXT_LENGTH = 4096;

const MAX_COUNT = 128;

export const DEFAULT_SPAN_LIMITS: SpanLimits = {
  attributes: MAX_COUNT,
  attributeLength: MAX_TEXT_LENGTH,
  events: MAX_COUNT,
  links: MAX_COUNT,
  attributesPerEvent: MAX_COUNT,
  attributesPerLink: MAX_COUNT,
};

type Environment = Readonly<Record<string, string | undefined>>;
export type WarnOfVariable = (name: string, message: string) => void;

/**
 * The limits that the environment asks for. A bad value is told to `warn` and not used.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#attribute-limits
 */
export function spanLimits(env: Environment, warn: WarnOfVariable): SpanLimits {
  const read = limitsIn(env, warn);
  const count = (name: string): number | undefined => read(name, 0);
  const attributes = count('OTEL_ATTRIBUTE_COUNT_LIMIT') ?? MAX_COUNT;
  return {
    attributes: count('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT') ?? attributes,
    attributeLength:
      read('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 1) ??
      read('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 1) ??
      MAX_TEXT_LENGTH,
    events: count('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? MAX_COUNT,
    links: count('OTEL_SPAN_LINK_COUNT_LIMIT') ?? MAX_COUNT,
    attributesPerEvent: count('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? attributes,
    attributesPerLink: count('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT') ?? attributes,
  };
}

/** Reads a variable that is an integer from `smallest`; undefined for one that is not set, or cannot be used. */
export function limitsIn(
  env: Environment,
  warn: WarnOfVariable,
): (name: string, smallest: number) => number | undefined {
  return (name, smallest) => {
    const given = env[name]?.trim();
    if (!given) return undefined;
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= smallest && value < 2 ** 31) return value;
    warn(name, `${name}=${JSON.stringify(given)} is not used; accepted is an integer from ${smallest}.`);
    return undefined;
  };
}

/** The text, cut to a length, but never inside of a surrogate pair. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const whole = last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  return Buffer.from(text.slice(0, whole)).toString(); // a slice would keep all of the text in memory
}
