import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';
import type { ObservabilityOptions } from './options.js';

const LEVELS: Record<NonNullable<ObservabilityOptions['diagnostics']>, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
};
/** Where the API keeps what is registered; there is no public question for the logger. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');

/** Lets the SDK speak on the console, unless the host has a `diag` logger. Returns what takes it back. */
export function speakOnConsole(level: NonNullable<ObservabilityOptions['diagnostics']>): () => void {
  const registered = (globalThis as Record<symbol, { diag?: unknown } | undefined>)[API_GLOBALS];
  if (level === 'none' || registered?.diag !== undefined) return () => {};
  diag.setLogger(new DiagConsoleLogger(), { logLevel: LEVELS[level], suppressOverrideMessage: true });
  return () => diag.disable();
}
