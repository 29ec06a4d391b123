import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';
import { registeredGlobal, restoreIfOurs } from '../common/disposables.js';

/** What may be said at least. */
export type DiagnosticsLevel = 'none' | 'error' | 'warn' | 'info' | 'debug';

const LEVELS: Record<DiagnosticsLevel, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
};

/** Lets the SDK speak on the console, unless the host has a `diag` logger. Returns what takes it back. */
export function installConsoleLogger(level: DiagnosticsLevel): () => void {
  if (level === 'none' || registeredGlobal('diag') !== undefined) return () => {};
  diag.setLogger(new DiagConsoleLogger(), { logLevel: LEVELS[level], suppressOverrideMessage: true });
  return restoreIfOurs('diag', () => diag.disable());
}
