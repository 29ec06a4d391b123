const INITIAL_MILLIS = 1000;
const MAX_MILLIS = 5000;
const FACTOR = 1.5;
/** Share by which a wait is shorter or longer than planned, so that many processes do not come back at once. */
const JITTER = 0.2;

/** The time to wait before attempt `attempt`, from 2. What the receiver asks for is the least; the jitter comes on top. */
export function waitBefore(
  attempt: number,
  retryAfterMillis: number | undefined,
  random: () => number,
): number {
  const planned = Math.min(MAX_MILLIS, INITIAL_MILLIS * FACTOR ** (attempt - 2));
  const jittered = planned * (1 - JITTER + 2 * JITTER * random());
  return retryAfterMillis === undefined ? jittered : retryAfterMillis + JITTER * planned * random();
}

const { Date } = globalThis;

/**
 * `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). Undefined where it is neither.
 *
 * @param now - the time since the epoch, in milliseconds
 */
export function retryAfterMillis(value: string | undefined, now = Date.now()): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return text === '' || Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
