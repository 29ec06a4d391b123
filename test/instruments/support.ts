import { diag, DiagLogLevel, type Attributes } from '@opentelemetry/api';
import { MeterProvider, MetricReader, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics';
import type { CardinalityLimits } from '../../src/cardinality/cardinality-limits.js';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { Instruments } from '../../src/instruments/instruments.js';
import { TelemetryMetrics } from '../../src/instruments/telemetry-metrics.js';
import type { MetricName } from '../../src/semconv/index.js';
import { fakeClock } from '../support/clock.js';

/** Reads when a test says so. */
class InMemoryReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export interface Point {
  readonly labels: Attributes;
  /** Of a counter or gauge. */
  readonly value: number;
  /** Of a histogram. */
  readonly histogram: Histogram | undefined;
}

/** What one collection found. */
export class Collected {
  constructor(
    readonly metrics: readonly MetricData[],
    readonly errors: readonly unknown[],
  ) {}

  metric(name: string): MetricData | undefined {
    return this.metrics.find(({ descriptor }) => descriptor.name === name);
  }

  points(name: MetricName): Point[] {
    return (this.metric(name)?.dataPoints ?? []).map(({ attributes, value }) => ({
      labels: attributes,
      value: typeof value === 'number' ? value : NaN,
      histogram: typeof value === 'number' ? undefined : (value as Histogram),
    }));
  }

  /** The one series with exactly these labels. */
  point(name: MetricName, labels: Attributes = {}): Point | undefined {
    const wanted = JSON.stringify(Object.entries(labels).sort());
    return this.points(name).find((point) => JSON.stringify(Object.entries(point.labels).sort()) === wanted);
  }

  /** Value of a counter or gauge; undefined where there is no such series. */
  find(name: MetricName, labels: Attributes = {}): number | undefined {
    return this.point(name, labels)?.value;
  }

  /** Count and sum of a histogram's series. */
  timed(name: MetricName, labels: Attributes = {}): { count: number; sum: number } | undefined {
    const histogram = this.point(name, labels)?.histogram;
    return histogram && { count: histogram.count, sum: Number(histogram.sum!.toFixed(9)) };
  }

  /** All that a counter counted, over its series. */
  total(name: MetricName): number {
    return this.points(name).reduce((sum, { value }) => sum + value, 0);
  }
}

/** The stock SDK's MeterProvider, read in memory. */
export function stockProvider() {
  const reader = new InMemoryReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const collect = async (): Promise<Collected> => {
    const { resourceMetrics, errors } = await reader.collect();
    return new Collected(
      resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics),
      errors,
    );
  };
  return { meterProvider, collect };
}

/** Instruments on a stock provider, on a clock that a test moves, with losses counted. */
export function recording(options: { cardinalityLimits?: CardinalityLimits } = {}) {
  const stock = stockProvider();
  const clock = fakeClock(1_000_000);
  const drops = new DropLog();
  const instruments = Instruments.of({
    meterProvider: stock.meterProvider,
    clock: clock.now,
    drops,
    ...options,
  });
  const telemetry = new TelemetryMetrics(instruments);
  return { ...stock, clock, instruments, telemetry, drops };
}

/** What the package warned about since; ends with the test. */
export function warnings(): string[] {
  const lines: string[] = [];
  const ignore = () => {};
  const warn = (line: string) => void lines.push(line);
  diag.setLogger(
    { error: ignore, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
  );
  return lines;
}
afterEach(() => diag.disable());
