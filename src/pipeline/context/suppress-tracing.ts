import { context, createContextKey, type Context } from '@opentelemetry/api';

/** The key that OpenTelemetry's own packages use: instrumentation of a host looks it up before it makes a span. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** A context in which nobody makes spans or writes trace headers. */
export function suppressTracing(parent: Context): Context {
  return parent.setValue(SUPPRESS_TRACING, true);
}

export function isTracingSuppressed(within: Context): boolean {
  return within.getValue(SUPPRESS_TRACING) === true;
}

/** Runs our own requests, which a host's http instrumentation must not trace: each export would make the next one. */
export function withoutTracing<T>(fn: () => T): T {
  return context.with(suppressTracing(context.active()), fn);
}
