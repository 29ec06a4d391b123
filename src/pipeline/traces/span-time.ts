import type { HrTime, TimeInput } from '@opentelemetry/api';

/** Where a span's times come from. */
export interface SpanClock {
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number;
  /**
   * Milliseconds since the epoch.
   *
   * @param elapsed - what the monotonic clock shows at this moment
   */
  now(elapsed: number): number;
}

const { performance } = globalThis;

/**
 * The clocks of the process. The wall clock shows whole milliseconds, so it is read once in each; between two readings
 * the monotonic clock, which is read for each span anyway, tells how far it has come. A monotonic clock that stands still
 * is a fake one of a test, which may set the wall clock as it likes.
 */
class SystemClock implements SpanClock {
  private wallMillis = 0;
  private readAt = Infinity;

  monotonic(): number {
    return performance.now();
  }

  now(elapsed: number): number {
    const since = elapsed - this.readAt;
    if (since > 0 && since < 1) return this.wallMillis + since;
    this.readAt = elapsed;
    return (this.wallMillis = Date.now());
  }
}

export const SYSTEM_CLOCK: SpanClock = new SystemClock();

const NANOS = 1_000_000_000;
/** The last second that nanoseconds of 64 bits can tell. */
const MAX_SECONDS = 18_446_744_072;

/**
 * A time as hosts give it: milliseconds since the epoch, those of `performance.now()`, a Date, or seconds and
 * nanoseconds. Undefined for what is none. Never throws.
 */
export function timeOf(input: TimeInput | undefined, clock: SpanClock): HrTime | undefined {
  if (input === undefined || input === null) return undefined;
  try {
    if (typeof input === 'number') return timeOfNumber(input, clock);
    if (input instanceof Date) return timeOfMillis(input.getTime());
    const [seconds, nanos] = input;
    return input.length === 2 ? normal(seconds, nanos) : undefined;
  } catch {
    return undefined;
  }
}

/** A number below what the monotonic clock shows is one of its own. */
function timeOfNumber(millis: number, clock: SpanClock): HrTime | undefined {
  const elapsed = clock.monotonic();
  return timeOfMillis(millis <= elapsed ? clock.now(elapsed) - (elapsed - millis) : millis);
}

export function timeOfMillis(millis: number): HrTime | undefined {
  return normal(Math.trunc(millis / 1000), Math.round((millis % 1000) * 1e6));
}

function normal(seconds: number, nanos: number): HrTime | undefined {
  const whole = Math.trunc(seconds) + Math.floor(Math.trunc(nanos) / NANOS);
  const rest = ((Math.trunc(nanos) % NANOS) + NANOS) % NANOS;
  // Never true of what is no number.
  return whole >= 0 && whole <= MAX_SECONDS && rest >= 0 ? [whole, rest] : undefined;
}

/** What the API takes for a time, so that an event's second argument can be one. */
export function isTimeInput(value: unknown): value is TimeInput {
  try {
    if (typeof value === 'number' || value instanceof Date) return true;
    return (
      Array.isArray(value) &&
      value.length === 2 &&
      typeof value[0] === 'number' &&
      typeof value[1] === 'number'
    );
  } catch {
    return false;
  }
}
