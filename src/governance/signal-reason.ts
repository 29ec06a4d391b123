import { UNKNOWN } from '../semconv/values.js';

/**
 * The `reason` label of a signal. What the SDK writes itself about a ring breach names the action, so it becomes one
 * cause; anything else is left to the metric, which keeps short causes and folds free text into `other`.
 */
export function signalReason(reason: unknown): string {
  if (typeof reason !== 'string') return UNKNOWN;
  return reason.startsWith('Execution ring breach') ? 'ring_breach' : reason;
}
