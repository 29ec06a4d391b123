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
  type TracerProvider,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { takingBack } from '../api-globals.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { SCOPE_NAME } from '../semconv/resource.js';
import type { Undo } from '../undo.js';
import { propagatorOf } from './propagators.js';

/** What the host had registered already, and so stays. */
export type KeptGlobal = 'MeterProvider' | 'TracerProvider';

/** Registers each part globally where nobody has; `undo` takes back what is still ours then. */
export function registerGlobals(
  providers: { meterProvider: MeterProvider | undefined; tracerProvider: TracerProvider | undefined },
  propagators: ResolvedOptions['propagators'],
  undo: Undo,
): readonly KeptGlobal[] {
  const kept: KeptGlobal[] = [];
  if (providers.meterProvider) {
    if (hasMeterProvider()) kept.push('MeterProvider');
    else if (metrics.setGlobalMeterProvider(providers.meterProvider))
      undo.add(takingBack('metrics', () => metrics.disable()));
  }
  if (providers.tracerProvider) {
    if (hasTracerProvider()) kept.push('TracerProvider');
    else if (trace.setGlobalTracerProvider(providers.tracerProvider))
      undo.add(takingBack('trace', () => trace.disable()));
  }
  if (!hasContextManager()) {
    const manager = new AsyncLocalStorageContextManager().enable();
    if (context.setGlobalContextManager(manager)) undo.add(takingBack('context', () => context.disable()));
  }
  if (propagation.fields().length === 0 && propagators.length > 0) {
    if (propagation.setGlobalPropagator(propagatorOf(propagators)))
      undo.add(takingBack('propagation', () => propagation.disable()));
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
