import { context, trace, type SpanAttributes as ApiAttributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import { KernelTracer, type KernelTracerOptions } from '../../src/tracing/index.js';

/** The stock SDK, with what it ended in memory. */
export function spans(options: { sampler?: Sampler } = {}) {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...options,
  });
  const ended = (): ReadableSpan[] => exporter.getFinishedSpans();
  /** The one ended span of this name. */
  const only = (name: string): ReadableSpan => {
    const found = ended().filter((span) => span.name === name);
    if (found.length !== 1) throw new Error(`${found.length} spans ${name} have ended`);
    return found[0]!;
  };
  return { tracerProvider, ended, only, host: tracerProvider.getTracer('host') };
}

export function tracing(options: Omit<KernelTracerOptions, 'tracerProvider'> & { sampler?: Sampler } = {}) {
  const { sampler, ...rest } = options;
  const recorded = spans(sampler ? { sampler } : {});
  return { ...recorded, tracer: new KernelTracer({ ...rest, tracerProvider: recorded.tracerProvider }) };
}

/** Context over awaits, for each test of the file. */
export function withContextManager(): void {
  beforeEach(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterEach(() => {
    context.disable();
    trace.disable();
  });
}

export const activeId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
export const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
export const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;
export const exceptionsOf = (span: ReadableSpan): (ApiAttributes | undefined)[] =>
  span.events.filter(({ name }) => name === 'exception').map(({ attributes }) => attributes);

/** A promise and what settles it. */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
