import {
  createNoopMeter,
  ProxyTracerProvider,
  type MeterProvider,
  type TracerProvider,
} from '@opentelemetry/api';
import { installConsoleLogger, say } from './diagnostics/console-logger.js';
import { installRedaction } from './diagnostics/redaction.js';
import { kernelSettings } from './options/kernel-settings.js';
import { ObservabilityError } from './diagnostics/errors.js';
import { type MetricsHandler, textResponse } from './http/adapter.js';
import { createMetricsHandler } from './http/metrics-handler.js';
import type { ExpositionSource } from './exposition/exposition-source.js';
import { startGuardedServer, type MetricsServer } from './http/metrics-server.js';
import { DropLog, printable } from './diagnostics/drop-log.js';
import { EndpointLog } from './diagnostics/endpoint-log.js';
import { GovernanceEvents } from './events/governance-events.js';
import { Guard } from './http/guard.js';
import { Instruments } from './instruments/instruments.js';
import { KernelPresence } from './instruments/kernel-presence.js';
import { TelemetryMetrics } from './instruments/telemetry-metrics.js';
import { ViolationStops } from './instruments/violation-stops.js';
import { createRecorders, type Endpoint, type Observability } from './observability.js';
import type { ObservabilityOptions } from './options/options.js';
import { optionProblems, withCurrentNames } from './options/validation.js';
import { livePageOf, type LivePage } from './live-page.js';
import { createLiveHandler } from './live/live-handler.js';
import { LiveSpans } from './live/live-spans.js';
import { resolveOptions, type ResolvedOptions } from './options/resolved-options.js';
import { claimProcess } from './process-claim.js';
import { NativeLoggerProvider } from './pipeline/logs/native-logger-provider.js';
import { watchApiCopies } from './pipeline/api-copies.js';
import { registerGlobals } from './pipeline/globals.js';
import { flushAtProcessEnd } from './pipeline/process-end.js';
import { Pipelines } from './pipelines.js';
import { Disposables } from './common/disposables.js';
import { withHostProviders } from './host-providers.js';
import type { Serving, SharedPage } from './workers/shared-page.js';

/**
 * Starts observability for this process: metrics and traces of the kernel through the OpenTelemetry API, a Prometheus
 * endpoint on `127.0.0.1:9464/metrics`, traces by OTLP to `http://localhost:4318`. Call it once, at start-up. With the
 * same options again it gives the same handle, also after a hot reload, which makes functions and objects anew.
 *
 * @throws ObservabilityError AOO_INVALID_OPTIONS naming every bad option at once; AOO_ALREADY_INITIALIZED
 * @example
 * ```ts
 * const obs = initObservability({ serviceName: 'agent-os-kernel', serviceVersion: '1.4.0' });
 * const verdict = await obs.policyCheck({ agentId, action, policy: 'data-access' }, () => engine.check(action));
 * await obs.shutdown();
 * ```
 */
export function initObservability(options: ObservabilityOptions = {}): Observability {
  const { env, settings, ...read } = kernelSettings(process.env);
  if (read.isDisabled) return disabled();
  const warnings = read.warnings.map(({ message }) => message);
  const inFile = [...read.problems];
  if (read.pathOf !== undefined && options?.pipeline === 'otel-sdk')
    inFile.push({
      path: 'OTEL_CONFIG_FILE',
      received: "a file beside pipeline: 'otel-sdk'",
      ...NATIVE_ALONE,
    });
  const problems = [...inFile, ...read.refused, ...optionProblems(options, settings)];
  if (problems.length > 0) throw ObservabilityError.invalidOptions(problems);

  const current = withCurrentNames(options, (message) => warnings.push(message));
  return claimProcess(current, (claim) => {
    const disposables = new Disposables();
    disposables.add(() => claim.ended());
    try {
      const { options: used, notes } = withHostProviders(current, settings);
      const resolved = resolveOptions(used, settings);
      disposables.add(installRedaction(resolved));
      disposables.add(installConsoleLogger(resolved.diagnostics));
      const twice = resolved.exportsTwice ? [EXPORTED_TWICE] : [];
      for (const message of [...warnings, ...notes, ...twice]) say('warn', message);
      return start(resolved, env, disposables, () => claim.ending());
    } catch (error) {
      disposables.dispose();
      throw error;
    }
  });
}

const NATIVE_ALONE = {
  code: 'range',
  accepted: 'nothing, or the native pipeline: the official packages read the variables themselves',
} as const;

const EXPORTED_TWICE =
  'metrics are pushed by OTLP and served on the page as well. The Collector of this package counts the pushed ones where it ' +
  'gets both; anything else counts double. OTEL_METRICS_EXPORTER=otlp, or prometheus: false, leaves the page out.';

/** @param disposables - take everything back, when this throws or at the end of shutdown() */
function start(
  options: ResolvedOptions,
  env: NodeJS.ProcessEnv,
  disposables: Disposables,
  ending: () => void,
): Observability {
  const drops = new DropLog();
  const spans = options.live === false ? undefined : new LiveSpans();
  const running = new Pipelines(options, env, drops, spans);
  const { meterProvider, tracerProvider, loggerProvider } = running;
  let server: Serving | undefined = undefined;
  let ended: Promise<void> | undefined;
  let hasEnded = false;
  /** Once it is there: a start that fails has none. */
  const own: { presence?: KernelPresence; stops?: ViolationStops; live?: LivePage } = {};
  const shutdown = (): Promise<void> => {
    ending();
    own.presence?.end();
    own.stops?.settle();
    return (ended ??= running
      .shutdown(async () => {
        own.live?.end();
        await server?.close();
      })
      .then(() => {
        hasEnded = true;
        disposables.dispose();
      }));
  };
  disposables.add(() => void shutdown());
  const refused: string[] = [];
  if (options.registerGlobally) {
    const { store, traces, logs } = running;
    const ours = {
      meterProvider: store?.meterProvider,
      tracerProvider: traces?.tracerProvider,
      loggerProvider: logs?.loggerProvider,
    };
    refused.push(...registerGlobals(ours, running.propagator, disposables));
  }
  disposables.add(watchApiCopies(refused, (problem) => drops.warn('api-copies', problem)));

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
  Instruments.bindLate();
  own.stops = ViolationStops.of(instruments);
  own.presence = KernelPresence.of(instruments);
  own.presence.begin(pushMetrics ? exportIntervalMillis : undefined);
  const telemetry = selfMetrics
    ? new TelemetryMetrics(instruments, () => running.seriesCounts(), drops)
    : undefined;
  const events = new GovernanceEvents(loggerProvider, options.events, drops);
  disposables.add(instruments.emitInto(events));
  const live = (own.live = livePageOf(options, running, spans, events));
  const recorders = createRecorders(instruments, tracerProvider, events, running.propagator);
  if (options.genAiBridge) running.countModelCalls(recorders);
  recorders.kernel.setInfo({ version: options.serviceVersion ?? 'unknown', policyMode: options.policyMode });
  const exposition = coded(running.exposition);
  const log = new EndpointLog(drops);
  telemetry?.countEndpoint(log);
  const guard = new Guard(prometheus, log);
  const shared = running.sharedPage();
  const scrape = createMetricsHandler(shared ? coded(shared) : exposition, {
    onScrape: ({ durationSeconds }) => telemetry?.recordScrape(durationSeconds),
    onError: (error) => drops.warn('scrape', `a scrape failed or was broken off (${printable(error)}).`),
  });
  // A page that no longer changes would look like a process where nothing happens.
  const metricsHandler: MetricsHandler = async (request) =>
    hasEnded
      ? textResponse(request, 503, 'observability has ended: shutdown() was called\n')
      : scrape(request);
  // Last, since a server that has begun to listen cannot be taken back at once.
  const listen = (): MetricsServer =>
    startGuardedServer({
      ...prometheus,
      handler: metricsHandler,
      live: live.served ? live.handler : undefined,
      guard,
      log,
    });
  server = serve(options, shared, listen);
  if (options.signalHandlers) {
    disposables.add(
      flushAtProcessEnd({
        leaving() {
          own.presence?.leave();
          own.stops?.settle();
        },
        flush: async () => (await Promise.all([running.flushLast(), shared?.flush()]))[0],
        shutdown,
        pending: () => running.pending,
        lost: () => running.abandonAtExit(),
      }),
    );
  }

  const ready = endpoint(server, live.served);
  return {
    ...recorders,
    meterProvider,
    tracerProvider,
    loggerProvider,
    metricsHandler: guard.protect(metricsHandler),
    liveHandler: guard.protect(live.handler),
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
  const loggerProvider = new NativeLoggerProvider({ sink: undefined, drops: new DropLog() });
  const exposition: ExpositionSource = {
    export: async () => '# Observability is disabled by OTEL_SDK_DISABLED.\n',
    contentType: () => 'text/plain; version=0.0.4; charset=utf-8',
  };
  const instruments = Instruments.of({ meterProvider });
  const events = new GovernanceEvents(loggerProvider);
  instruments.emitInto(events);
  return {
    ...createRecorders(instruments, tracerProvider, events),
    meterProvider,
    tracerProvider,
    loggerProvider,
    metricsHandler: createMetricsHandler(exposition),
    liveHandler: createLiveHandler({ feed: undefined }),
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

function endpoint(server: Serving | undefined, live: boolean): Promise<Endpoint> {
  if (server === undefined) return Promise.resolve({});
  const ready = server.ready.then(
    ({ url }): Endpoint => {
      if (url === undefined) return {};
      return live && URL.canParse('/', url) && url.startsWith('http')
        ? { metricsUrl: url, liveUrl: new URL('/', url).href }
        : { metricsUrl: url };
    },
    (error: Error) => {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SERVER_CLOSED') return {};
      say('error', error.message);
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
