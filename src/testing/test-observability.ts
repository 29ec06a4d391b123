import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { type CardinalityLimits, resolvedLimits } from '../cardinality/cardinality-limits.js';
import type { Clock } from '../common/clock.js';
import { DropLog } from '../diagnostics/drop-log.js';
import { givenLimits, Instruments } from '../instruments/instruments.js';
import { TelemetryMetrics } from '../instruments/telemetry-metrics.js';
import { createRecorders, type Recorders } from '../observability.js';
import { InMemorySdk } from '../otel-sdk/in-memory-sdk.js';
import type { CollectedSpan } from '../pipeline/traces/in-memory-spans.js';
import type { CollectedSeries } from '../pipeline/metrics/metric-store.js';
import type { MetricLabels, MetricName } from '../semconv/metrics.js';

/** The handle of initObservability for a host's own tests: everything ends in memory, nothing listens or exports. */
export interface TestObservability extends Recorders {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  /** All series as they are now. */
  series(): Promise<CollectedSeries[]>;
  /** Ended spans, oldest first. */
  spans(): CollectedSpan[];
  forgetSpans(): void;
  /** The exposition that /metrics would serve. */
  export(): Promise<string>;
  shutdown(): Promise<void>;
}

/**
 * Starts an observability whose metrics and spans a test can read. Any number may live side by side. Registers a
 * context manager where there is none, so that spans nest; shutdown() takes it back.
 *
 * @example
 * ```ts
 * const obs = createTestObservability();
 * obs.kernel.recordBlocked({ agentId: 'a', action: 'delete_file' });
 * await expectMetric(obs, 'agent_os_violations_blocked_total', { agent_id: 'a', action: 'delete_file' }, 1);
 * await obs.shutdown();
 * ```
 */
export function createTestObservability(
  options: {
    clock?: Clock;
    cardinalityLimits?: CardinalityLimits;
    /** @deprecated The old name of `cardinalityLimits`. */
    labelCaps?: CardinalityLimits;
    /** What keeps the metrics, as `pipeline` of initObservability. @defaultValue 'native' */
    pipeline?: 'native' | 'otel-sdk';
    /** @deprecated The old name of `pipeline`: `fast` is `native`, `stock` is `otel-sdk`. */
    store?: 'fast' | 'stock';
  } = {},
): TestObservability {
  const drops = new DropLog();
  const caps = resolvedLimits(givenLimits(options, drops));
  const sdk = new InMemorySdk({ caps, drops, pipeline: givenPipeline(options, drops) });
  const { meterProvider, tracerProvider } = sdk;
  const instruments = Instruments.of({
    meterProvider,
    cardinalityLimits: caps,
    drops,
    ...(options.clock && { clock: options.clock }),
  });
  new TelemetryMetrics(instruments, () => sdk.store.seriesCounts());
  return {
    ...createRecorders(instruments, tracerProvider),
    meterProvider,
    tracerProvider,
    series: () => sdk.series(),
    spans: () => sdk.spans(),
    forgetSpans: () => sdk.forgetSpans(),
    export: () => sdk.store.export(),
    shutdown: () => sdk.shutdown(),
  };
}

/** The pipeline under its name of today or, with one warning, under the old one. */
function givenPipeline(
  { pipeline, store }: { pipeline?: 'native' | 'otel-sdk'; store?: 'fast' | 'stock' },
  drops: DropLog,
): 'native' | 'otel-sdk' {
  if (store !== undefined) drops.warn('store', 'store is now pipeline; the old name still works.');
  return pipeline ?? (store === 'stock' ? 'otel-sdk' : 'native');
}

/** Anything that can list its series, as a TestObservability. */
export interface SeriesSource {
  series(): Promise<CollectedSeries[]>;
}

/**
 * Asserts the value of one series of a registry metric: of a counter or gauge its value, of a histogram how often it
 * was recorded. `undefined` asserts that the series does not exist.
 *
 * @throws Error naming the metric, the labels, what was found and which series there are
 */
export async function expectMetric<N extends MetricName>(
  source: SeriesSource,
  name: N,
  labels: MetricLabels<N>,
  expected: number | undefined,
): Promise<void> {
  const all = (await source.series()).filter((series) => series.name === name);
  const found = all.find((series) => sameLabels(series.labels, labels));
  const actual = found?.count ?? found?.value;
  if (actual === expected) return;
  const others = all.map((series) => `  ${JSON.stringify(series.labels)} ${series.count ?? series.value}`);
  throw new Error(
    `expected ${name}${JSON.stringify(labels)} to be ${expected}, found ${actual}; its series are:\n` +
      (others.join('\n') || '  none'),
  );
}

function sameLabels(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
