import api, {
  context,
  createContextKey,
  createNoopMeter,
  metrics,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  trace,
  type MeterProvider,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  type ApiGlobal,
  registeredLoggerProvider,
  registerForApiLogs,
  restoreIfOurs,
} from '../common/api-globals.js';
import type { LoggerProvider } from '../common/host-types.js';
import { SCOPE_NAME } from '../semconv/resource.js';
import { AsyncContextManager } from './context/async-context-manager.js';
import type { Disposables } from '../common/disposables.js';

/**
 * Registers each part globally where nobody has; `disposables` take back what is still ours by then. Gives the parts that
 * the API has refused, which happens where another version of it was first.
 */
export function registerGlobals(
  providers: {
    meterProvider: MeterProvider | undefined;
    tracerProvider: TracerProvider | undefined;
    loggerProvider: LoggerProvider | undefined;
  },
  propagator: () => TextMapPropagator | undefined,
  disposables: Disposables,
): string[] {
  const { meterProvider, tracerProvider, loggerProvider } = providers;
  const refused: string[] = [];
  const register = (name: ApiGlobal, part: string, set: () => boolean, disable: () => void): void => {
    if (set()) disposables.add(restoreIfOurs(name, disable));
    else refused.push(part);
  };
  if (meterProvider && !hasMeterProvider()) {
    const set = (): boolean => metrics.setGlobalMeterProvider(meterProvider);
    register('metrics', 'MeterProvider', set, () => metrics.disable());
  }
  if (tracerProvider && !hasTracerProvider()) {
    const set = (): boolean => trace.setGlobalTracerProvider(tracerProvider);
    register('trace', 'TracerProvider', set, () => trace.disable());
  }
  const logs = logsApi();
  if (loggerProvider && registeredLoggerProvider() === undefined) {
    const set = (): boolean => logs?.setGlobalLoggerProvider(loggerProvider) !== false;
    if (logs) register('logs', 'LoggerProvider', set, () => logs.disable());
    const takeBack = registerForApiLogs(loggerProvider);
    if (takeBack) disposables.add(takeBack);
  }
  if (!hasContextManager()) {
    const set = (): boolean => context.setGlobalContextManager(new AsyncContextManager().enable());
    register('context', 'context manager', set, () => context.disable());
  }
  const ours = propagation.fields().length === 0 ? propagator() : undefined;
  if (ours !== undefined) {
    const set = (): boolean => propagation.setGlobalPropagator(ours);
    register('propagation', 'propagators', set, () => propagation.disable());
  }
  return refused;
}

/** The API's own Logs API, which it has from 1.10 on. */
interface LogsApi {
  setGlobalLoggerProvider(provider: LoggerProvider): boolean;
  disable(): void;
}

function logsApi(): LogsApi | undefined {
  return (api as { logs?: LogsApi } | undefined)?.logs;
}

/** Whether somebody has registered a MeterProvider globally. */
export function hasMeterProvider(): boolean {
  return metrics.getMeter(SCOPE_NAME) !== createNoopMeter();
}

/** Whether somebody has registered a TracerProvider globally. */
export function hasTracerProvider(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE_NAME) !== undefined;
}

function hasContextManager(): boolean {
  const key = createContextKey('agent-os-observability');
  return context.with(ROOT_CONTEXT.setValue(key, true), () => context.active().getValue(key) === true);
}
