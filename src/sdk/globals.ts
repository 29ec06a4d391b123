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
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { ResolvedOptions } from '../resolved-options.js';
import { SCOPE_NAME } from '../semconv/resource.js';

const STANDARD = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
};

export interface GlobalRegistration {
  /** What the host had registered already, and so stays. */
  readonly kept: readonly ('MeterProvider' | 'TracerProvider')[];
  /** Takes back what this call registered. */
  undo(): void;
}

/** Registers each part globally where nobody has; asks the public API alone who has. */
export function registerGlobals(
  providers: { meterProvider: MeterProvider | undefined; tracerProvider: TracerProvider | undefined },
  propagators: ResolvedOptions['propagators'],
): GlobalRegistration {
  const kept: ('MeterProvider' | 'TracerProvider')[] = [];
  const undo: (() => void)[] = [];
  if (providers.meterProvider) {
    if (hasMeterProvider()) kept.push('MeterProvider');
    else if (metrics.setGlobalMeterProvider(providers.meterProvider)) undo.push(() => metrics.disable());
  }
  if (providers.tracerProvider) {
    if (hasTracerProvider()) kept.push('TracerProvider');
    else if (trace.setGlobalTracerProvider(providers.tracerProvider)) undo.push(() => trace.disable());
  }
  if (!hasContextManager()) {
    const manager = new AsyncLocalStorageContextManager().enable();
    if (context.setGlobalContextManager(manager)) undo.push(() => context.disable());
  }
  if (propagation.fields().length === 0 && propagators.length > 0) {
    const composite = new CompositePropagator({ propagators: propagators.map(propagatorOf) });
    if (propagation.setGlobalPropagator(composite)) undo.push(() => propagation.disable());
  }
  return { kept, undo: () => undo.forEach((step) => step()) };
}

function propagatorOf(propagator: TextMapPropagator | keyof typeof STANDARD): TextMapPropagator {
  return typeof propagator === 'string' ? STANDARD[propagator]() : propagator;
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
