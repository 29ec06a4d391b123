import { context, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import type { HostLoggerProvider } from '../../src/common/host-types.js';
import { GovernanceEvents } from '../../src/events/governance-events.js';
import { GovernanceInstrumentation, type GovernanceOptions } from '../../src/governance/agt/index.js';
import { AgentMetrics, KernelMetrics } from '../../src/instruments/index.js';
import { KernelTracer } from '../../src/tracing/index.js';
import { fakeClock, type FakeClock } from '../support/clock.js';

class CollectOnDemand extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export interface Series {
  readonly labels: Attributes;
  /** Of a sum: its value. Of a histogram: its count. */
  readonly value: number;
  /** Of a histogram: the sum of what was recorded. */
  readonly sum?: number;
}

/** Everything one instrumentation records into, in memory. */
export interface Bench {
  readonly governance: GovernanceInstrumentation;
  readonly kernel: KernelMetrics;
  readonly agent: AgentMetrics;
  readonly tracer: KernelTracer;
  readonly clock: FakeClock;
  /** Series of a metric that are not 0, in order of appearance. */
  series(metric: string): Promise<Series[]>;
  /** The total over all its series. */
  total(metric: string): Promise<number>;
  /** All metrics as text, labels included. */
  metricsText(): Promise<string>;
  spans(): ReadableSpan[];
  /** `parent/child/grandchild` of each span, outermost first in each path, sorted. */
  paths(): string[];
  spansText(): string;
}

export function bench(
  options: GovernanceOptions & { spans?: boolean; events?: HostLoggerProvider } = {},
): Bench {
  const reader = new CollectOnDemand();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const clock = fakeClock(1000);
  const kernel = new KernelMetrics({ meterProvider, clock: clock.now });
  const agent = new AgentMetrics({ meterProvider, clock: clock.now });
  const tracer = new KernelTracer({ tracerProvider });
  const { spans: withSpans = true, events: logs, ...rest } = options;
  const events = logs && new GovernanceEvents(logs);
  if (events !== undefined) kernel.registry.emitInto(events);
  const telemetry = withSpans ? { kernel, agent, tracer, events } : { kernel, agent, events };
  const governance = new GovernanceInstrumentation(telemetry, { clock: clock.now, ...rest });

  const metrics = async () =>
    (await reader.collect()).resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const series = async (name: string): Promise<Series[]> => {
    const metric = (await metrics()).find(({ descriptor }) => descriptor.name === name);
    return (metric?.dataPoints ?? [])
      .map(({ attributes, value }): Series => {
        if (typeof value === 'number') return { labels: attributes, value };
        const { count, sum } = value as { count: number; sum?: number };
        return { labels: attributes, value: count, ...(sum !== undefined && { sum }) };
      })
      .filter(({ value }) => value !== 0);
  };
  const spans = () => exporter.getFinishedSpans();
  const pathOf = (span: ReadableSpan): string => {
    const parent = spans().find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
    return parent ? `${pathOf(parent)}/${span.name}` : span.name;
  };

  return {
    governance,
    kernel,
    agent,
    tracer,
    clock,
    series,
    total: async (metric) => (await series(metric)).reduce((sum, { value }) => sum + value, 0),
    metricsText: async () => JSON.stringify(await metrics()),
    spans,
    paths: () => spans().map(pathOf).sort(),
    spansText: () =>
      JSON.stringify(
        spans().map(({ name, attributes, events, status, links }) => ({
          name,
          attributes,
          events,
          status,
          links,
        })),
      ),
  };
}

/** A context manager for the tests of one file, as an SDK would register it. */
export function withContextManager(): void {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => {
    context.disable();
  });
}

/** The one span of this name. */
export function only(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1) throw new Error(`${found.length} spans are named ${name}`);
  return found[0] as ReadableSpan;
}

/** A promise and its ends. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
