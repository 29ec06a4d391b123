import type { Logger, LoggerOptions, LoggerProvider, LogRecord } from '../../common/host-types.js';
import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import { SYSTEM_CLOCK, type SpanClock } from '../traces/span-time.js';
import { DEFAULT_LOG_LIMITS, type LogLimits } from './log-limits.js';
import { type KeptLogRecord, keptLogRecord, type LogScope } from './log-record.js';
import { ValueCopies } from './log-values.js';

/** Told of each log record once. */
export interface LogSink {
  emitted(record: KeptLogRecord): void;
  /** Whether there is no room for another one; it is then counted as lost. */
  refuses?(): boolean;
}

export interface LoggerProviderOptions {
  /** Where records go; without one nothing is kept. */
  readonly sink: LogSink | undefined;
  readonly limits?: LogLimits;
  readonly clock?: SpanClock;
  readonly drops: DropLog;
}

/** Most loggers kept by name; one past it works alike, but is a new one at each call. */
const MAX_LOGGERS = 1000;

/** Our recorder of log records, behind the Logs API's `LoggerProvider`. */
export class NativeLoggerProvider implements LoggerProvider {
  private readonly loggers = new Map<string, NativeLogger>();

  constructor(private readonly options: LoggerProviderOptions) {}

  getLogger(name: string, version?: string, options?: LoggerOptions): Logger {
    const scope = this.scopeOf(name, version, options);
    if (scope.attributes !== undefined) return new NativeLogger(scope, this.options);
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
    const known = this.loggers.get(key);
    if (known !== undefined) return known;
    const logger = new NativeLogger(scope, this.options);
    if (this.loggers.size < MAX_LOGGERS) this.loggers.set(key, logger);
    return logger;
  }

  private scopeOf(name: unknown, version: unknown, options: LoggerOptions | undefined): LogScope {
    const scope = {
      name: typeof name === 'string' ? name : '', // the specification: one without a name works, and its name is empty
      version: typeof version === 'string' ? version : undefined,
    };
    try {
      const { schemaUrl, attributes } = options ?? {};
      const { attributeLength } = this.options.limits ?? DEFAULT_LOG_LIMITS;
      const copied = new ValueCopies().copy(attributes, attributeLength) as LogScope['attributes'];
      return {
        ...scope,
        schemaUrl: typeof schemaUrl === 'string' ? schemaUrl : undefined,
        ...(copied && { attributes: copied }),
      };
    } catch {
      return scope; // options that refuse to be read are none
    }
  }
}

/** Keeps the records of one instrumentation scope. Never throws. */
class NativeLogger implements Logger {
  /** What must not leave the process is taken out where records are written: whoever emits need not. */
  readonly redacts = true;

  constructor(
    private readonly scope: LogScope,
    private readonly options: LoggerProviderOptions,
  ) {}

  enabled(): boolean {
    return this.options.sink !== undefined;
  }

  refuses(): boolean {
    return this.options.sink?.refuses?.() === true;
  }

  emit(record: LogRecord): void {
    const { sink, limits = DEFAULT_LOG_LIMITS, clock = SYSTEM_CLOCK, drops } = this.options;
    if (sink === undefined || sink.refuses?.() === true) return;
    try {
      sink.emitted(keptLogRecord(this.scope, record, limits, clock));
    } catch (error) {
      const message = `a log record could not be read (${printable(error)}); it was dropped.`;
      drops.dropped('logs', 'invalid_value', 'log-record', message);
    }
  }
}
