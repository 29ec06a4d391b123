import { diag, DiagConsoleLogger, DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { canUseRegistered, isOurs, registeredGlobal, restoreIfOurs } from '../common/api-globals.js';
import type { ApiGlobal } from '../common/api-globals.js';
import { redacted } from './redaction.js';

/** What may be said at least. */
export type DiagnosticsLevel = 'none' | 'error' | 'warn' | 'info' | 'debug';

const LEVELS: Record<DiagnosticsLevel, DiagLogLevel> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
};

/** Where this copy of the API has no logger, since another copy's version keeps it from having one. */
let withoutApi: Pick<DiagLogger, 'error' | 'warn'> | undefined;

/**
 * Says something by the API's `diag`, or on the console where this copy of the API cannot: as one line, since a name of a
 * host's may have a line feed in it, and without credentials.
 */
export function say(level: 'error' | 'warn', message: string): void {
  const line = redacted(message).replace(/\p{Cc}/gu, '\uFFFD');
  (withoutApi ?? diag)[level](`agent-os-observability: ${line}`);
}

/** Lets the SDK speak on the console, unless the host has a `diag` logger. Returns what takes it back. */
export function installConsoleLogger(level: DiagnosticsLevel): () => void {
  if (level === 'none' || (registeredGlobal('diag') !== undefined && canUseRegistered())) return () => {};
  const logger = consoleLogger();
  if (diag.setLogger(logger, { logLevel: LEVELS[level], suppressOverrideMessage: true })) {
    return restoreIfOurs('diag', () => diag.disable());
  }
  withoutApi = { error: logger.error, warn: level === 'error' ? () => {} : logger.warn };
  return () => (withoutApi = undefined);
}

/** A console on which an SDK that is started after us costs one line, not a stack trace for each of its parts. */
function consoleLogger(): DiagLogger {
  const logger = new DiagConsoleLogger();
  const { error } = logger;
  const latecomer = new Latecomer();
  logger.error = (message, ...more) => {
    const name = refusedGlobal(message);
    if (name !== undefined && isOurs(name)) latecomer.refused(name);
    else error(message, ...more);
  };
  return logger;
}

/** The global that the API says cannot be registered a second time, or not by another version of the API. */
function refusedGlobal(message: unknown): ApiGlobal | undefined {
  const [, name] =
    /@opentelemetry\/api: (?:Attempted duplicate registration of API:|Registration of version \S+ for) (\w+)/.exec(
      String(message),
    ) ?? [];
  return name !== undefined && Object.hasOwn(PARTS, name) ? (name as ApiGlobal) : undefined;
}

const PARTS: Record<ApiGlobal, string> = {
  context: 'context manager',
  propagation: 'propagators',
  metrics: 'MeterProvider',
  logs: 'LoggerProvider',
  trace: 'TracerProvider',
  diag: 'logger',
};

/** Tells once what was refused to an SDK that came after us: it registers its parts one by one, in one go. */
class Latecomer {
  private readonly parts = new Set<string>();
  private told = false;

  refused(name: ApiGlobal): void {
    this.parts.add(PARTS[name]);
    if (this.told) return;
    this.told = true;
    void Promise.resolve().then(() => {
      const last = [...this.parts].pop();
      const others = [...this.parts].slice(0, -1).join(', ');
      say(
        'warn',
        `an OpenTelemetry SDK was started after initObservability, which had registered its own parts by then: ` +
          `the ${others ? `${others} and ` : ''}${last} of that SDK are not used, and spans of its libraries come to us. ` +
          'Start it before initObservability, which then sends spans by it; or, where it must come later, pass ' +
          'initObservability({ registerGlobally: false, tracerProvider: trace.getTracerProvider() }).',
      );
    });
  }
}
