import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { resolvedLimits, type CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { Clock } from '../common/clock.js';
import { DropLog } from '../diagnostics/drop-log.js';
import { givenLimits, Instruments } from '../instruments/instruments.js';
import { TelemetryMetrics } from '../instruments/telemetry-metrics.js';
import { createRecorders, type Recorders } from '../observability.js';
import { InMemorySdk, type CollectedSeries, type CollectedSpan } from '../otel-sdk/in-memory-sdk.js';

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
    store?: 'fast' | 'stock';
  } = {},
): TestObservability {
  const drops = new DropLog();
  const caps = resolvedLimits(givenLimits(options, drops));
  const sdk = new InMemorySdk({ caps, drops, store: options.store ?? 'fast' });
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
