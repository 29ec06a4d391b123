import { registeredLoggerProvider } from '../common/api-globals.js';
import type { HostLoggerProvider, LogRecord } from '../common/host-types.js';
import { SCOPE_NAME, VERSION } from '../semconv/resource.js';

/** The part of a logger of the Logs API that is used. */
export interface EventLogger {
  emit(record: LogRecord): void;
  /** Whether it takes from texts itself what must not leave the process, as ours does where they are sent. */
  readonly redacts?: boolean;
  /** Whether it has no room for another record, which is then counted as lost: none need be put together. */
  refuses?(): boolean;
  /** Whether it takes anything; of ours that does not change. */
  enabled?(): boolean;
}

/** Gives the logger that takes events now; undefined where nobody does. */
export type FindLogger = () => EventLogger | undefined;

/** That of one provider. One that gives no logger takes nothing. */
export function loggerOf(provider: HostLoggerProvider): FindLogger {
  const logger = loggerIn(provider);
  return () => logger;
}

/** That of the provider that is registered globally when it is asked for. */
export function globalLogger(): FindLogger {
  let known: HostLoggerProvider | undefined;
  let logger: EventLogger | undefined;
  return () => {
    const provider = registeredLoggerProvider();
    if (provider === known) return logger;
    known = provider;
    return (logger = provider && loggerIn(provider));
  };
}

function loggerIn(provider: HostLoggerProvider): EventLogger | undefined {
  try {
    const logger: EventLogger = provider.getLogger(SCOPE_NAME, VERSION);
    return logger.redacts === true && logger.enabled?.() === false ? undefined : logger;
  } catch {
    return undefined;
  }
}
