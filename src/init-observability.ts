import {
  createNoopMeter,
  diag,
  ProxyTracerProvider,
  type MeterProvider,
  type TracerProvider,
} from '@opentelemetry/api';
import { installConsoleLogger } from './diagnostics/console-logger.js';
import { isDisabled, readEnvironment } from './options/environment.js';
import { ObservabilityError } from './diagnostics/errors.js';
import { createMetricsHandler } from './http/metrics-handler.js';
import type { ExpositionSource } from './exposition/exposition-source.js';
import { startMetricsServer, type MetricsServer } from './http/metrics-server.js';
import { DropLog, printable } from './diagnostics/drop-log.js';
import { Instruments } from './instruments/instruments.js';
import { TelemetryMetrics } from './instruments/telemetry-metrics.js';
import { createRecorders, type Endpoint, type Observability } from './observability.js';
import type { ObservabilityOptions } from './options/options.js';
import { optionProblems, withCurrentNames } from './options/validation.js';
import { resolveOptions, type ResolvedOptions } from './options/resolved-options.js';
import { claimProcess } from './process-claim.js';
import { type KeptGlobal, registerGlobals } from './pipeline/globals.js';
import { flushAtProcessEnd } from './pipeline/process-end.js';
import { Pipelines } from './pipelines.js';
import { Disposables } from './common/disposables.js';
import type { Serving, SharedPage } from './workers/shared-page.js';

/**
 * Starts observability for this process: metrics and traces of the kernel through the OpenTelemetry API, a Prometheus
 * endpoint on `127.0.0.1:9464/metrics`, traces by OTLP to `http://localhost:4318`. Call it once, at start-up. With the
 * same options again it gives the same handle.
 *
 * @throws ObservabilityError AOO_INVALID_OPTIONS naming every bad option at once; AOO_ALREADY_INITIALIZED
 * @example
 * ```ts
 * const obs = initObservability({ serviceName: 'agent-os-kernel', serviceVersion: '1.4.0' });
 * const verdict = await obs.kernel.policyCheck('data-access', () => engine.check(action));
 * await obs.shutdown();
 * ```
 */
export function initObservability(options: ObservabilityOptions = {}): Observability {
  if (isDisabled(process.env)) return disabled();
  const warnings: string[] = [];
  const settings = readEnvironment(process.env, (_, message) => warnings.push(message));
  const problems = optionProblems(options, settings);
  if (problems.length > 0) throw ObservabilityError.invalidOptions(problems);

  const current = withCurrentNames(options, (message) => warnings.push(message));
  return claimProcess(current, (claim) => {
    const disposables = new Disposables();
    disposables.add(() => claim.ended());
    try {
      const resolved = resolveOptions(current, settings);
      disposables.add(installConsoleLogger(resolved.diagnostics));
      for (const message of warnings) diag.warn(`agent-os-observability: ${message}`);
      return start(resolved, disposables, () => claim.ending());
    } catch (error) {
      disposables.dispose();
      throw error;
    }
  });
}

/** @param disposables - take everything back, when this throws or at the end of shutdown() */
function start(options: ResolvedOptions, disposables: Disposables, ending: () => void): Observability {
  const drops = new DropLog();
  const running = new Pipelines(options, process.env, drops);
  const { meterProvider, tracerProvider } = running;
  let server: Serving | undefined = undefined;
  let ended: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    ending();
    return (ended ??= running.shutdown(async () => server?.close()).then(() => disposables.dispose()));
  };
  disposables.add(() => void shutdown());
  if (options.registerGlobally) {
    const { store, traces } = running;
    const ours = { meterProvider: store?.meterProvider, tracerProvider: traces?.tracerProvider };
    for (const kept of registerGlobals(ours, running.propagator, disposables)) warnGlobalKept(kept);
  }

  const { clock, pushMetrics, prometheus } = options;
  const { cardinalityLimits, exportIntervalMillis, selfMetrics } = options.metrics;
  const collectionMillis = Math.min(prometheus.timeoutMillis, pushMetrics ? exportIntervalMillis : Infinity);
  const instruments = Instruments.of({
    meterProvider,
    cardinalityLimits,
    drops,
    sourceTimeoutMillis: collectionMillis / 2,
    ...(clock && { clock }),
  });
  const telemetry = selfMetrics
    ? new TelemetryMetrics(instruments, () => running.seriesCounts(), drops)
    : undefined;
  const recorders = createRecorders(instruments, tracerProvider);
  recorders.kernel.setInfo({ version: options.serviceVersion ?? 'unknown', policyMode: options.policyMode });
  const exposition = coded(running.exposition);
  const shared = running.sharedPage();
  const metricsHandler = createMetricsHandler(shared ? coded(shared) : exposition, {
    onScrape: ({ durationSeconds }) => telemetry?.recordScrape(durationSeconds),
    onError: (error) => drops.warn('scrape', `a scrape failed or was broken off (${printable(error)}).`),
  });
  // Last, since a server that has begun to listen cannot be taken back at once.
  const listen = (): MetricsServer => startMetricsServer({ ...prometheus, handler: metricsHandler });
  server = serve(options, shared, listen);
  if (options.signalHandlers) {
    disposables.add(
      flushAtProcessEnd({
        flush: async () => (await Promise.all([running.flushLast(), shared?.flush()]))[0],
        shutdown,
        pending: () => running.pendingSpans,
        lost: (spans: number) => running.traces?.abandon(`the process ended with ${spans} spans queued`),
      }),
    );
  }

  const ready = endpoint(server);
  return {
    ...recorders,
    meterProvider,
    tracerProvider,
    metricsHandler,
    ready,
    export: () => exposition.export(),
    contentType: () => exposition.contentType(),
    forceFlush: async () => void (await Promise.all([running.forceFlush(), shared?.flush()])),
    shutdown,
  };
}

/** OTEL_SDK_DISABLED: every part is there and does nothing. */
function disabled(): Observability {
  const meterProvider: MeterProvider = { getMeter: () => createNoopMeter() };
  const tracerProvider: TracerProvider = new ProxyTracerProvider();
  const exposition: ExpositionSource = {
    export: async () => '# Observability is disabled by OTEL_SDK_DISABLED.\n',
    contentType: () => 'text/plain; version=0.0.4; charset=utf-8',
  };
  const instruments = Instruments.of({ meterProvider });
  return {
    ...createRecorders(instruments, tracerProvider),
    meterProvider,
    tracerProvider,
    metricsHandler: createMetricsHandler(exposition),
    ready: Promise.resolve({}),
    export: () => exposition.export(),
    contentType: () => exposition.contentType(),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function serve(
  { servesPage, prometheus }: ResolvedOptions,
  shared: SharedPage | undefined,
  listen: () => MetricsServer,
): Serving | undefined {
  if (!servesPage) return shared?.serveElsewhere();
  if (shared === undefined) return listen();
  return prometheus.server ? shared.serveOnHostServer(listen()) : shared.serveOnPort(prometheus, listen);
}

function endpoint(server: Serving | undefined): Promise<Endpoint> {
  if (server === undefined) return Promise.resolve({});
  const ready = server.ready.then(
    ({ url }): Endpoint => (url === undefined ? {} : { metricsUrl: url }),
    (error: Error) => {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SERVER_CLOSED') return {};
      diag.error(`agent-os-observability: ${error.message}`);
      throw new ObservabilityError('AOO_LISTEN_FAILED', error.message, [], { cause: error });
    },
  );
  ready.catch(() => {}); // said by diag; whoever awaits `ready` still gets it
  return ready;
}

function coded(source: ExpositionSource): ExpositionSource {
  const failed = (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : printable(cause);
    const message = `the metrics could not be collected: ${why}`;
    throw new ObservabilityError('AOO_COLLECTION_FAILED', message, [], { cause });
  };
  const open = source.open?.bind(source);
  return {
    contentType: () => source.contentType(),
    export: () => source.export().catch(failed),
    ...(open && { open: (request) => open(request).catch(failed) }),
  };
}

function warnGlobalKept(kept: KeptGlobal): void {
  const [option, getter] =
    kept === 'MeterProvider'
      ? ['meterProvider', 'metrics.getMeterProvider()']
      : ['tracerProvider', 'trace.getTracerProvider()'];
  diag.warn(
    `agent-os-observability: a global ${kept} is registered already and stays; Agent OS telemetry goes to one of its ` +
      `own. To have it in yours, pass initObservability({ ${option}: ${getter} }).`,
  );
}
