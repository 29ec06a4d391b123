import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { type CardinalityLimits, resolvedLimits } from '../cardinality/cardinality-limits.js';
import type { Clock } from '../common/clock.js';
import type { LoggerProvider } from '../common/host-types.js';
import { DropLog } from '../diagnostics/drop-log.js';
import { type EventSettings, GovernanceEvents } from '../events/governance-events.js';
import { givenLimits, Instruments } from '../instruments/instruments.js';
import { TelemetryMetrics } from '../instruments/telemetry-metrics.js';
import { propagatorOf } from '../pipeline/context/propagators.js';
import { createRecorders, type Recorders } from '../observability.js';
import { InMemorySdk } from '../otel-sdk/in-memory-sdk.js';
import { type CollectedEvent, InMemoryLogs } from '../pipeline/logs/in-memory-logs.js';
import type { CollectedSpan } from '../pipeline/traces/in-memory-spans.js';
import type { CollectedSeries } from '../pipeline/metrics/metric-store.js';
import {
  contractName,
  definitionOf,
  instrumentName,
  METRICS,
  type MetricLabels,
  type MetricName,
} from '../semconv/metrics.js';
import { suggestion } from '../common/closest.js';

/** The handle of initObservability for a host's own tests: everything ends in memory, nothing listens or exports. */
export interface TestObservability extends Recorders {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly loggerProvider: LoggerProvider;
  /** All series as they are now. */
  series(): Promise<CollectedSeries[]>;
  /** Ended spans, oldest first. */
  spans(): CollectedSpan[];
  forgetSpans(): void;
  /** Emitted events, and what else was logged by `loggerProvider`, oldest first. */
  emittedEvents(): CollectedEvent[];
  forgetEvents(): void;
  /** The exposition that /metrics would serve. */
  export(): Promise<string>;
  shutdown(): Promise<void>;
}

/**
 * Starts an observability whose metrics, spans and events a test can read. Any number may live side by side. Registers a
 * context manager where there is none, so that spans nest; shutdown() takes it back.
 *
 * @example
 * ```ts
 * const obs = createTestObservability();
 * obs.kernel.recordBlocked({ agentId: 'a', action: 'delete_file' });
 * await expectMetric(obs, 'agent_os_violations_blocked_total', { agent_id: 'a', action: 'delete_file' }, 1);
 * obs.kernel.recordSignal({ signal: 'SIGSTOP', reason: 'quarantine', agentId: 'a' });
 * obs.emittedEvents(); // [{ name: 'agent_os.signal', severity: 'WARN', attributes: { 'agent.id': 'a', … }, … }]
 * await obs.shutdown();
 * ```
 */
export function createTestObservability(
  options: {
    clock?: Clock;
    cardinalityLimits?: CardinalityLimits;
    /** As `events` of initObservability. */
    events?: EventSettings;
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
  const logs = new InMemoryLogs(drops);
  const { loggerProvider } = logs;
  const events = new GovernanceEvents(loggerProvider, options.events, drops);
  instruments.emitInto(events);
  return {
    ...createRecorders(instruments, tracerProvider, events, () => propagatorOf(['tracecontext', 'baggage'])),
    meterProvider,
    tracerProvider,
    loggerProvider,
    series: async () => (await sdk.series()).map(byContract),
    spans: () => sdk.spans(),
    forgetSpans: () => sdk.forgetSpans(),
    emittedEvents: () => logs.events(),
    forgetEvents: () => logs.forget(),
    export: () => sdk.store.export(),
    async shutdown() {
      logs.shutdown();
      await sdk.shutdown();
    },
  };
}

const INSTRUMENTS: ReadonlySet<string> = new Set((Object.keys(METRICS) as MetricName[]).map(instrumentName));

/** A series of the registry by the names of the contract, where its instrument has those of a convention. */
function byContract(series: CollectedSeries): CollectedSeries {
  const { name, labels } = series;
  if (name in METRICS || !INSTRUMENTS.has(name)) return series;
  const named = Object.entries(labels).map(([key, value]) => [contractName(key), value]);
  return { ...series, name: contractName(name), labels: Object.fromEntries(named) as typeof labels };
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
 * @throws Error naming the metric, the labels, what was found, which series there are, and what may have been meant
 */
export async function expectMetric<N extends MetricName>(
  source: SeriesSource,
  name: N,
  labels: MetricLabels<N>,
  expected: number | undefined,
): Promise<void> {
  const series = await source.series();
  const all = series.filter((one) => one.name === name);
  const found = all.find((one) => sameLabels(one.labels, labels));
  const actual = found?.count ?? found?.value;
  if (actual === expected) return;
  const others = all.map((one) => `  ${JSON.stringify(one.labels)} ${one.count ?? one.value}`);
  throw new Error(
    `expected ${name}${JSON.stringify(labels)} to be ${expected}, found ${actual}${hint(name, labels, all, series)}; ` +
      `its series are:\n${others.join('\n') || '  none'}`,
  );
}

/** What the name or the labels may have been meant to be, where no series is as asked. */
function hint(
  name: string,
  labels: Readonly<Record<string, unknown>>,
  all: readonly CollectedSeries[],
  series: readonly CollectedSeries[],
): string {
  const known: readonly string[] = Object.keys(METRICS);
  if (!known.includes(name) && all.length === 0) {
    return `; there is no such metric${suggestion(name, [...known, ...series.map((one) => one.name)])}`;
  }
  const names = known.includes(name)
    ? Object.keys(definitionOf(name as MetricName).labels)
    : Object.keys(all[0]?.labels ?? {});
  const wrong = Object.keys(labels).find((label) => !names.includes(label));
  if (wrong !== undefined) {
    const absent = names.filter((label) => !Object.hasOwn(labels, label));
    return `; it has no label ${wrong}${suggestion(wrong, absent)}`;
  }
  if (all.some((one) => sameLabels(one.labels, labels))) return ''; // the value alone is another
  const near = nearest(labels, all);
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near.labels)}?`;
}

/** The one series that has most of these labels, and at least one. */
function nearest(
  labels: Readonly<Record<string, unknown>>,
  all: readonly CollectedSeries[],
): CollectedSeries | undefined {
  const alike = (one: CollectedSeries): number =>
    Object.keys(labels).filter((label) => one.labels[label] === labels[label]).length;
  const most = Math.max(0, ...all.map(alike));
  const nearby = all.filter((one) => alike(one) === most);
  return most > 0 && nearby.length === 1 ? nearby[0] : undefined;
}

function sameLabels(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
