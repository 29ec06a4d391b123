import {
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
import { restoreIfOurs } from '../common/disposables.js';
import { SCOPE_NAME } from '../semconv/resource.js';
import { AsyncContextManager } from './context/async-context-manager.js';
import type { Disposables } from '../common/disposables.js';

/** What the host had registered already, and so stays. */
export type KeptGlobal = 'MeterProvider' | 'TracerProvider';

/** Registers each part globally where nobody has; `disposables` take back what is still ours by then. */
export function registerGlobals(
  providers: { meterProvider: MeterProvider | undefined; tracerProvider: TracerProvider | undefined },
  propagator: () => TextMapPropagator | undefined,
  disposables: Disposables,
): readonly KeptGlobal[] {
  const kept: KeptGlobal[] = [];
  if (providers.meterProvider) {
    if (hasMeterProvider()) kept.push('MeterProvider');
    else if (metrics.setGlobalMeterProvider(providers.meterProvider))
      disposables.add(restoreIfOurs('metrics', () => metrics.disable()));
  }
  if (providers.tracerProvider) {
    if (hasTracerProvider()) kept.push('TracerProvider');
    else if (trace.setGlobalTracerProvider(providers.tracerProvider))
      disposables.add(restoreIfOurs('trace', () => trace.disable()));
  }
  if (!hasContextManager()) {
    const manager = new AsyncContextManager().enable();
    if (context.setGlobalContextManager(manager))
      disposables.add(restoreIfOurs('context', () => context.disable()));
  }
  const ours = propagation.fields().length === 0 ? propagator() : undefined;
  if (ours !== undefined) {
    if (propagation.setGlobalPropagator(ours))
      disposables.add(restoreIfOurs('propagation', () => propagation.disable()));
  }
  return kept;
}

function hasMeterProvider(): boolean {
  return metrics.getMeter(SCOPE_NAME) !== createNoopMeter();
}

function hasTracerProvider(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE_NAME) !== undefined;
}

function hasContextManager(): boolean {
  const key = createContextKey('agent-os-observability');
  return context.with(ROOT_CONTEXT.setValue(key, true), () => context.active().getValue(key) === true);
}
