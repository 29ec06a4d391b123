import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { EnvironmentSettings } from './environment.js';
import { givenAt } from './checks.js';
import type { OptionPath, Sections, ValueAt } from './option-row.js';
import { isSection, nameOf, OPTION_ROWS, type OPTIONS, sectionOf } from './option-table.js';
import type { ObservabilityOptions } from './options.js';

/** The value of an option after environment and default; undefined where it has none of them. */
type Setting<P extends OptionPath> =
  ((typeof OPTIONS)[P] extends { readonly default: unknown } ? never : undefined) | ValueAt<P>;
type SettingsIn<S extends keyof Sections> = {
  readonly [K in keyof Sections[S] & string as `${S}.${K}` extends keyof Sections ? never : K]-?: Setting<
    `${S}.${K}` & OptionPath
  >;
};
type TopSettings = {
  readonly [K in Exclude<keyof ObservabilityOptions, keyof Sections>]-?: Setting<K>;
};

/** Every option with environment and defaults applied. */
type Settings = Omit<TopSettings, 'serviceName' | 'propagators'> & {
  readonly serviceName: string;
  readonly propagators: readonly (
    NonNullable<ObservabilityOptions['propagators']>[number] | 'tracecontext' | 'baggage'
  )[];
  readonly prometheus: SettingsIn<'prometheus'>;
  readonly workers: SettingsIn<'workers'>;
  readonly otlp: SettingsIn<'otlp'>;
  readonly traces: SettingsIn<'traces'>;
  readonly events: SettingsIn<'events'>;
  readonly metrics: SettingsIn<'metrics'> & { readonly cardinalityLimits: Required<CardinalityLimits> };
};

/** What the rest of the package reads: every option, and what several of them decide together. */
export type ResolvedOptions = Settings & {
  /** Whether an endpoint of ours answers. */
  readonly servesPage: boolean;
  /** Whether the page shows all processes of the service. */
  readonly sharesPage: boolean;
  /** Whether spans are exported by OTLP, where they are ours. */
  readonly exportTraces: boolean;
  /** Whether events are exported by OTLP, where they are ours. */
  readonly exportLogs: boolean;
  /** Whether metrics are pushed by OTLP, where they are ours. */
  readonly pushMetrics: boolean;
  /** Whether the numbers on the page are pushed as well, as Prometheus can take them. */
  readonly exportsTwice: boolean;
};

type Nested = { [key: string]: unknown };

/** Options win over the environment, the environment over defaults. */
export function resolveOptions(options: ObservabilityOptions, env: EnvironmentSettings): ResolvedOptions {
  const nested: Nested = {};
  const sectionAt = (path: string): Nested =>
    path === '' ? nested : ((sectionAt(sectionOf(path))[nameOf(path)] ??= {}) as Nested);
  for (const [path, row] of OPTION_ROWS) {
    if (isSection(path)) continue;
    sectionAt(sectionOf(path))[nameOf(path)] = givenAt(options, path) ?? env.get(path) ?? row.default;
  }
  nested['propagators'] ??= ['tracecontext', 'baggage'];
  const settings = nested as unknown as Settings;

  const { prometheus, otlp, meterProvider, tracerProvider } = options;
  const exporters = env.get('OTEL_TRACES_EXPORTER') as readonly string[] | undefined;
  const exportTraces = otlp === undefined ? !exporters?.includes('none') : otlp !== false;
  const logsExporters = env.get('OTEL_LOGS_EXPORTER') as readonly string[] | undefined;
  const sendsTraces = exportTraces && !tracerProvider;
  const servesPage = !meterProvider && (prometheus ?? env.get('prometheus') ?? true) !== false;
  const pushMetrics = !meterProvider && otlp !== false && settings.metrics.otlp;
  const { page = servesPage ? 'aggregate' : 'separate' } = settings.workers;
  return {
    ...settings,
    traces: withinQueue(settings.traces),
    events: withinQueue(settings.events),
    servesPage,
    sharesPage: !meterProvider && page === 'aggregate',
    exportTraces,
    exportLogs: otlp !== false && (logsExporters?.includes('otlp') ?? (otlp !== undefined || sendsTraces)),
    pushMetrics,
    exportsTwice: servesPage && pushMetrics && settings.metrics.temporality === 'cumulative',
  };
}

/** A batch cannot be larger than its queue. */
function withinQueue<S extends { readonly maxQueueSize: number; readonly maxExportBatchSize: number }>(
  settings: S,
): S {
  const { maxQueueSize, maxExportBatchSize } = settings;
  return { ...settings, maxExportBatchSize: Math.min(maxExportBatchSize, maxQueueSize) };
}
