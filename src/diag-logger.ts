import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';
import { registeredGlobal, takingBack } from './api-globals.js';
import type { ObservabilityOptions } from './options.js';

const LEVELS: Record<NonNullable<ObservabilityOptions['diagnostics']>, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
};

/** Lets the SDK speak on the console, unless the host has a `diag` logger. Returns what takes it back. */
export function speakOnConsole(level: NonNullable<ObservabilityOptions['diagnostics']>): () => void {
  if (level === 'none' || registeredGlobal('diag') !== undefined) return () => {};
  diag.setLogger(new DiagConsoleLogger(), { logLevel: LEVELS[level], suppressOverrideMessage: true });
  return takingBack('diag', () => diag.disable());
}
