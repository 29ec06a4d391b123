import { metrics } from '@opentelemetry/api';
import type { HostLoggerProvider } from './host-types.js';

/** Where the API keeps what is registered. It has no public question for logger, propagator and context manager. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');
export type ApiGlobal = 'metrics' | 'trace' | 'context' | 'propagation' | 'diag' | 'logs';
type Registered = { readonly version?: unknown } & Partial<Record<ApiGlobal, unknown>>;

/**
 * Where `@opentelemetry/api-logs` keeps what is registered, as a function that gives it to whoever names the version of
 * the format; from 1.10 on the API itself has a Logs API, with a place among its own.
 */
const LOGS_GLOBAL = Symbol.for('io.opentelemetry.js.api.logs');
const LOGS_FORMAT = 1;

/** What this package has registered last for each. */
const ours = new Map<ApiGlobal, unknown>();

function registered(): Registered | undefined {
  return (globalThis as Record<symbol, Registered | undefined>)[API_GLOBALS];
}

export function registeredGlobal(name: ApiGlobal): unknown {
  return registered()?.[name];
}

/** The LoggerProvider that is registered globally, by either API; undefined where there is none that takes anything. */
export function registeredLoggerProvider(): HostLoggerProvider | undefined {
  return (registeredGlobal('logs') as HostLoggerProvider | undefined) ?? ofApiLogs();
}

function ofApiLogs(): HostLoggerProvider | undefined {
  const give = (globalThis as Record<symbol, ((format: number) => unknown) | undefined>)[LOGS_GLOBAL];
  if (give === undefined) return undefined;
  try {
    const provider = give(LOGS_FORMAT) as HostLoggerProvider | undefined;
    return provider?.constructor?.name === 'NoopLoggerProvider' ? undefined : provider;
  } catch {
    return undefined; // it may be anything
  }
}

/**
 * Registers a LoggerProvider where `@opentelemetry/api-logs` looks for it, also where nobody has loaded that yet.
 * Undefined where another one is registered; else what takes it back, unless the host has put another in its place since.
 */
export function registerForApiLogs(provider: object): (() => void) | undefined {
  const holder = globalThis as Record<symbol, unknown>;
  if (holder[LOGS_GLOBAL] !== undefined) return undefined;
  const give = (format: unknown): unknown => (format === LOGS_FORMAT ? provider : NO_LOGGERS);
  holder[LOGS_GLOBAL] = give;
  return () => {
    if (holder[LOGS_GLOBAL] === give) delete holder[LOGS_GLOBAL];
  };
}

const NO_LOGGERS = { getLogger: () => ({ emit: () => {}, enabled: () => false }) };

/** The version of the copy of the API that was the first to register anything: the rules of all go by it. */
export function registeredVersion(): string | undefined {
  const version = registered()?.version;
  return typeof version === 'string' ? version : undefined;
}

/** Whether what is registered was registered by this package, and nobody has replaced it since. */
export function isOurs(name: ApiGlobal): boolean {
  const current = registeredGlobal(name);
  return current !== undefined && current === ours.get(name);
}

/** What takes back the registration just made, unless the host has put another in its place since. */
export function restoreIfOurs(name: ApiGlobal, disable: () => void): () => void {
  ours.set(name, registeredGlobal(name));
  const registration = registeredGlobal(name);
  return () => {
    if (registeredGlobal(name) === registration) disable();
    if (ours.get(name) === registration) ours.delete(name);
  };
}

/**
 * Whether a copy of the API uses what is registered, by its own rule: 1.10 does not use what 1.9 has registered, nor
 * says so. Nothing registered is usable.
 */
export function canUseRegistered(api: { metrics: typeof metrics } = { metrics }): boolean {
  const globals = registered();
  if (globals === undefined) return true;
  if (globals.metrics !== undefined) return api.metrics.getMeterProvider() === globals.metrics;
  const probe = {};
  try {
    globals.metrics = probe;
    return api.metrics.getMeterProvider() === probe;
  } catch {
    return true; // nobody can tell
  } finally {
    if (globals.metrics === probe) delete globals.metrics;
  }
}
