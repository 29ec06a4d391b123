import { metrics } from '@opentelemetry/api';

/** Where the API keeps what is registered. It has no public question for logger, propagator and context manager. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');
export type ApiGlobal = 'metrics' | 'trace' | 'context' | 'propagation' | 'diag';
type Registered = { readonly version?: unknown } & Partial<Record<ApiGlobal, unknown>>;

/** What this package has registered last for each. */
const ours = new Map<ApiGlobal, unknown>();

function registered(): Registered | undefined {
  return (globalThis as Record<symbol, Registered | undefined>)[API_GLOBALS];
}

export function registeredGlobal(name: ApiGlobal): unknown {
  return registered()?.[name];
}

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
