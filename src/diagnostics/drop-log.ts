import { say } from './console-logger.js';
import { ALL_LABELS, type DropReason, type TelemetrySignal } from '../semconv/values.js';

/** Counts one loss. */
export type DropCounter = (signal: TelemetrySignal, reason: DropReason, count: number) => void;

/** Counts one recording that went to an overflow series. */
export type OverflowCounter = (metric: string, label: string) => void;

/** Where everything lost is counted and, once per cause, warned about. */
export class DropLog {
  private counter: DropCounter | undefined;
  private overflows: OverflowCounter | undefined;
  private counting = false;

  constructor(private readonly diagnostics: WarnOnce = new WarnOnce()) {}

  /** Sets where losses are counted; without it they are only warned about. */
  countInto(counter: DropCounter): void {
    this.counter = counter;
  }

  /** Sets where it is counted which metric overflowed. */
  countOverflowsInto(counter: OverflowCounter): void {
    this.overflows = counter;
  }

  /** Counts a loss that is said elsewhere. */
  counted(signal: TelemetrySignal, reason: DropReason, count: number): void {
    this.count(() => this.counter?.(signal, reason, count));
  }

  dropped(signal: TelemetrySignal, reason: DropReason, cause: string, message: Message, count = 1): void {
    this.counted(signal, reason, count);
    this.diagnostics.warnOnce(`${signal}/${reason}/${cause}`, message);
  }

  /** Says something once that lost nothing. */
  warn(cause: string, message: string): void {
    this.diagnostics.warnOnce(cause, message);
  }

  /** Says something each time; see OutageLog, which knows when. */
  say(message: string): void {
    this.diagnostics.say(message);
  }

  overflowed(metric: string, label: string, cap: number): void {
    this.count(() => this.overflows?.(metric, label));
    this.dropped('metrics', 'cardinality', `${metric}/${label}`, () => {
      const what =
        label === ALL_LABELS
          ? `reached its limit of ${cap} series`
          : `label ${label} reached its limit of ${cap} values`;
      return (
        `${metric}: ${what}; new values are counted under "__overflow__". ` +
        'Totals stay right. Use fewer values, or raise metrics.cardinalityLimits.'
      );
    });
  }

  invalid(metric: string, label: string): void {
    this.dropped(
      'metrics',
      'invalid_label',
      `${metric}/${label}`,
      `${metric}: a value of label ${label} cannot be used; it was replaced by "unknown" or left out.`,
    );
  }

  invalidValue(metric: string, value: unknown): void {
    this.dropped(
      'metrics',
      'invalid_value',
      metric,
      `${metric}: dropped the value ${printable(value)}; accepted is a finite number, not negative.`,
    );
  }

  invalidCall(method: string, error: unknown): void {
    this.dropped('metrics', 'invalid_value', method, `${method}: dropped (${printable(error)}).`);
  }

  callbackFailed(metric: string, error: unknown): void {
    this.dropped(
      'metrics',
      'callback_failed',
      metric,
      `${metric}: a callback failed (${printable(error)}); its series are absent from this collection.`,
    );
  }

  private count(act: () => void): void {
    if (this.counting) return; // a counter that fails comes back here
    this.counting = true;
    try {
      act();
    } finally {
      this.counting = false;
    }
  }
}

/** A short text of anything, for a log line. Never throws. */
export function printable(value: unknown): string {
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`.slice(0, 200);
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
    if (value !== null && typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
    return String(value);
  } catch {
    return `a ${typeof value}`;
  }
}

/** What is said, or what makes it when it is. */
export type Message = string | (() => string);

/** Causes remembered at most; past it a new cause is not warned about (it is still counted). */
const MAX_CAUSES = 1000;

/**
 * Warns once per cause through the API's `diag`, so that a fault in a hot loop costs one line. What is warned about is
 * also counted in `agent_os_telemetry_dropped_total`. Never throws, whatever logger the host has set.
 */
export class WarnOnce {
  private readonly warned = new Set<string>();

  warnOnce(cause: string, message: Message): void {
    if (this.warned.has(cause) || this.warned.size >= MAX_CAUSES) return;
    this.warned.add(cause);
    this.say(message);
  }

  say(message: Message): void {
    try {
      say('warn', typeof message === 'function' ? message() : message);
    } catch {
      // A logger of the host that throws is not the host's recording path.
    }
  }
}
